/// How many requests a worker works at together.
struct AdmissionLimits: Sendable {
    var atOnce = 128
    var atOnceOfEach = 32
    var waiting = 512
    var waitingOfEach = 64
    /// Longest wait.
    var patience: Duration = .seconds(2)
}
