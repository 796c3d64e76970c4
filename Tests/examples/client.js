// The API reference's Node client: lists projects, starts a timer. Prints what it got as JSON.
const axios = require("axios");

const base = `${process.env.BASE_URL}/api/v1`;
const headers = { Authorization: `Bearer ${process.env.API_TOKEN}`, "Content-Type": "application/json" };

(async () => {
  const projects = await axios.get(`${base}/projects`, { headers });
  const project = projects.data.projects[0].id;
  const timer = await axios.post(`${base}/timer/start`, { project_id: project }, { headers });
  const second = await axios
    .post(`${base}/timer/start`, { project_id: project }, { headers })
    .catch((error) => error.response);
  console.log(JSON.stringify({ list: projects.status, start: timer.status, again: second.data.error_code }));
})();
