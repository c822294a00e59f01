using NUnit.Framework;

namespace Engine.Mbufs.Tests.Conformance;

/// <summary>Where traces are looked for: what is promised and not there is a case that fails.</summary>
public sealed class TraceCasesTests
{
    private DirectoryInfo _folder = null!;

    private string Folder => _folder.FullName;

    [SetUp]
    public void Make_a_folder() => _folder = Directory.CreateTempSubdirectory("traces");

    [TearDown]
    public void Remove_it() => _folder.Delete(recursive: true);

    [Test]
    public void The_traces_of_the_repository_are_always_found()
    {
        IReadOnlyList<TraceCase> own = TraceCases.Find(null);

        Assert.That(own, Has.Count.GreaterThanOrEqualTo(114));
        Assert.That(own.Select(static trace => trace.Problem), Is.All.Null);
        Assert.That(own.Select(static trace => trace.Name), Does.Contain("Traces/hand_01_alloc_basic").And.Contain("Traces/rand_060"));
        Assert.That(TraceCases.Find(""), Is.EqualTo(own));
    }

    [Test]
    public void Every_folder_of_the_variable_adds_its_traces_under_its_own_name()
    {
        string one = Write("one", "a.trace", "a.expected", "b.trace", "b.expected", "README.md");
        string two = Write("two", "a.trace", "a.expected");
        int own = TraceCases.Find(null).Count;

        IReadOnlyList<TraceCase> found = TraceCases.Find(string.Join(Path.PathSeparator, one, two, one, ""));
        Assert.That(found.Skip(own).Select(static trace => trace.Name), Is.EqualTo(new[] { $"{one}/a", $"{one}/b", $"{two}/a" }));
        Assert.That(found.Select(static trace => trace.Name), Is.Unique);
        Assert.That(found[^1].Path, Is.EqualTo(Path.Combine(two, "a.trace")));
    }

    [Test]
    public void A_folder_that_does_not_exist_is_a_case_that_fails()
        => AssertFails(Path.Combine(Folder, "nowhere"), "nowhere");

    [Test]
    public void A_folder_without_traces_is_a_case_that_fails()
        => AssertFails(Write("empty", "README.md"), "no trace");

    [Test]
    public void A_trace_without_expected_lines_is_a_case_that_fails()
        => AssertFails(Write("half", "a.trace"), "a.expected");

    [Test]
    public void Expected_lines_without_a_trace_are_a_case_that_fails()
        => AssertFails(Write("half", "a.expected"), "a.trace");

    private static void AssertFails(string folder, string why)
    {
        TraceCase found = TraceCases.Find(folder)[^1];

        Assert.That(found.Name, Does.StartWith(folder));
        Assert.That(found.Problem, Does.Contain(why));
        Exception? failure = Assert.Catch(() => new ConformanceTests(isChecked: false).A_trace_gives_the_results_of_the_reference(found));
        Assert.That(failure, Is.TypeOf<AssertionException>().With.Message.Contains(why));
    }

    private string Write(string name, params string[] files)
    {
        DirectoryInfo folder = _folder.CreateSubdirectory(name);
        foreach (string file in files)
        {
            File.WriteAllText(Path.Combine(folder.FullName, file), "");
        }

        return folder.FullName;
    }
}
