import Testing

@testable import TimeTracker

/// The version rules of behaviour.md §11.6.
struct ReleaseVersionTests {
    @Test(arguments: [
        ("4", "4"), ("4.1", "4.1"), ("4.1.0", "4.1.0"), ("4.1.0.2", "4.1.0.2"), ("2026.04", "2026.4"),
        ("4.1.0-rc1", "4.1.0rc1"), ("4.1.0rc1", "4.1.0rc1"), ("4.1.0-beta.2", "4.1.0b2"), ("4.0.0-beta.1", "4.0.0b1"),
        ("4.1.0-alpha", "4.1.0a0"), ("4.1.0.dev3", "4.1.0.dev3"), ("4.1.0-1", "4.1.0.post1"),
        ("4.1.0.post1", "4.1.0.post1"), ("4.1.0+build.5", "4.1.0+build.5"), ("4.01", "4.1"), (" v4.1.0 ", "4.1.0"),
        ("V4.1", "4.1"), ("4.1.0a1.post2.dev3", "4.1.0a1.post2.dev3"), ("4.1.0-RC.1", "4.1.0rc1"),
        ("4.1.0+Build_05", "4.1.0+build.5"),
    ])
    func accepted(text: String, normalised: String) {
        #expect(ReleaseVersion(text)?.text == normalised)
        #expect(ReleaseVersion(normalised)?.text == normalised)
    }

    @Test(arguments: [
        "", "v", " ", "dev-0", "dev-123", "release-4.1", "4.x", "not-a-version", "4.", ".4", "4..1", "4.1.0+",
        "4.1.0 1",
        "4.1.0-", "vv4", "4.1.0+a..b", "4,1", "٤.1", "99999999999999999999", "-1",
    ])
    func rejected(text: String) {
        #expect(ReleaseVersion(text) == nil)
    }

    @Test func order() throws {
        let ordered = [
            "3.9.9", "4.0.dev1", "4.0.dev2", "4.0a0.dev1", "4.0a0", "4.0a1", "4.0b1", "4.0rc1", "4.0rc1.post1.dev1",
            "4.0rc1.post1", "4.0", "4.0+abc", "4.0+5", "4.0+5.1", "4.0.post1.dev1", "4.0.post1", "4.0.1", "4.9", "4.10",
            "10",
        ]
        let versions = try ordered.map { try #require(ReleaseVersion($0), "\($0)") }
        for (i, a) in versions.enumerated() {
            for (j, b) in versions.enumerated() {
                #expect((a < b) == (i < j), "\(ordered[i]) < \(ordered[j])")
                #expect((a == b) == (i == j), "\(ordered[i]) == \(ordered[j])")
            }
        }
        #expect(ReleaseVersion("4.1") == ReleaseVersion("4.1.0"))
    }

    @Test func update() {
        #expect(VersionResource.isUpdate("4.1.0", installed: "4.0.0", dismissed: nil))
        #expect(VersionResource.isUpdate("4.1.0", installed: "v4.1.0-rc1", dismissed: "4.0.5"))
        #expect(!VersionResource.isUpdate("4.1.0", installed: "4.1", dismissed: nil))
        #expect(!VersionResource.isUpdate("4.1.0", installed: "4.2", dismissed: nil))
        #expect(!VersionResource.isUpdate("4.1.0", installed: "dev-7", dismissed: nil))
        #expect(!VersionResource.isUpdate("4.1.0", installed: "4.0.0", dismissed: "v4.1.0"))
    }

    @Test func installed() {
        #expect(InstalledVersion.text(appVersion: nil, override: nil, build: "1.0.0") == "1.0.0")
        #expect(InstalledVersion.text(appVersion: "v4.1", override: "2.0", build: "1.0.0") == "v4.1")
        #expect(InstalledVersion.text(appVersion: "dev-9", override: "2.0", build: "1.0.0") == "2.0")
        #expect(InstalledVersion.text(appVersion: "dev-999", override: nil, build: "1.0.0") == "dev-999")
    }

    @Test func releaseOfGitHub() throws {
        let list = try JSONValue.parse(
            #"[{"tag_name":"v5","draft":true},{"tag_name":"nightly"},{"tag_name":"v4.2-rc.1","body":null,"html_url":""}]"#
        )
        let release = try #require(Release(githubAnswer: list))
        #expect(release.version == "4.2rc1")
        #expect(release.notes.isEmpty)
        #expect(release.url == nil)
        #expect(Release(cached: try JSONValue.parse(release.cached)) == release)
        #expect(Release(githubAnswer: try JSONValue.parse(#"{"message":"Not Found"}"#)) == nil)
        let script = try JSONValue.parse(#"{"tag_name":"4.3","html_url":"javascript:alert(1)"}"#)
        #expect(Release(githubAnswer: script)?.url == nil)
    }
}
