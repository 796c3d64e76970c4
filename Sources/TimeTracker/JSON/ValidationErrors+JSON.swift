extension ValidationErrors {
    func write(to json: inout JSONWriter) {
        json.beginObject()
        for field in fields {
            // Names may come from the client's query and need escaping, unlike our own keys.
            json.key(JSONKey(escaping: field.name))
            json.beginArray()
            for message in field.messages { json.value(message) }
            json.endArray()
        }
        json.endObject()
    }
}
