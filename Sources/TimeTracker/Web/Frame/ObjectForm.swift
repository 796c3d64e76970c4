import HTTPTypes

/// The page of a form that makes or changes a project, a client or a task.
struct ObjectForm {
    let heading: String
    let action: String
    /// Where "cancel" leads.
    let back: String
    let place: Navigation
    /// Where the form is also the place to delete the object: at which address, and what it is.
    var deletion: (address: String, kind: String)?

    func page(_ call: Call, _ view: FormView) async throws -> Reply {
        call.page(
            "form_page", title: heading, place, try await Frame.load(call),
            status: view.problems == nil ? .ok : .unprocessableContent,
            view.context.merging(
                [
                    "heading": heading, "action": action, "back": back, "can_delete": deletion != nil,
                    "deletion": deletion?.address ?? "", "deleted": deletion?.kind ?? "",
                ]
            ) { $1 })
    }
}
