/// A row of a list that is a form: what is corrected most often, in place.
enum EntryRowForm {
    /// What tells that a post comes from a row, which has fewer fields than the entry's page.
    static let mark = "row"

    static func html(_ row: EntryRow, _ places: [Place], _ frame: Frame, back: String, _ call: Call) -> HTML {
        let fields = row.entry.isRunning ? EntryForm.running : EntryForm.row
        var view = FormView(fields, values: EntryForm.values(row))
        view.places = Places.options(places, recent: frame.recent, chosen: Place(row.entry))
        return Page.fragment(
            "entry_edit", call.exchange,
            view.context.merging(
                [
                    "entry_id": "\(row.entry.id)", "seen": row.entry.updatedAt.text, "back": back,
                    "back_encoded": PercentEncoding.encode(back), "form_mark": mark,
                ]) { $1 })
    }
}
