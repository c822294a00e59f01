using Engine.Mbufs.Bench;
using Engine.Mbufs.Bench.Report;
using Engine.Samples.Options;
using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

[NonParallelizable]
public sealed class ReportFilesTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("report-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("", "is empty: expected is what versus, storm, proxy or gate write")]
    [TestCase(" \n", "is empty")]
    [TestCase("{\n\"kind\": ", "is not JSON from line 2 on")]
    [TestCase("7", "holds neither an object nor an array")]
    [TestCase("[]", "has no rows")]
    [TestCase("[null]", "has a row that is null")]
    [TestCase("[{\"work\": \"x\"}]", "is not what its verb writes: ")]
    [TestCase("{}", "does not say its kind")]
    [TestCase("{\"kind\": 7}", "does not say its kind")]
    [TestCase("{\"kind\": \"weather\"}", "is of kind 'weather', which is not known")]
    [TestCase("{\"kind\": \"storm\"}", "is not what its verb writes: ")]
    [TestCase("{\"kind\": \"storm\", \"rows\": []}", "has no rows")]
    [TestCase("{\"kind\": \"proxy\", \"rows\": [{\"scenario\": 5}]}", "is not what its verb writes: ")]
    [TestCase("{\"kind\": \"gate\", \"rows\": [{\"kernel\": null}]}", "is not what its verb writes: ")]
    public void A_file_that_no_verb_wrote_is_named_and_nothing_is_written(string text, string message)
    {
        string bad = Write("bad.json", text);
        string good = Write("good.json", SampleResults.Versus());
        string page = In("page.html");

        Assert.That(
            () => Run("--out", page, good, bad),
            Throws.TypeOf<BenchException>().With.Message.StartsWith($"{bad} {message}"));
        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(2), "Not even a part of a page.");
    }

    [Test]
    public void A_file_that_is_not_there_is_named()
        => Assert.That(() => Run(In("none.json")), Throws.TypeOf<BenchException>().With.Message.Contains(In("none.json")));

    [TestCase]
    [TestCase("--out")]
    [TestCase("--sing", "x.json")]
    public void A_wrong_command_line_is_refused(params string[] arguments)
        => Assert.That(() => ReportOptions.Parse(arguments), Throws.TypeOf<UsageException>());

    [Test]
    public void Tables_between_markers_are_replaced_and_the_second_time_nothing_changes()
    {
        string document = Write("page.md", """
            # Title

            <!-- table: versus -->
            old | stuff
            <!-- end -->
            between
            <!-- table: storm:in-flight --><!-- end -->
            <!-- table: storm:soak -->
            stays
            <!-- end -->
            after
            """);
        string versus = Write("versus.json", SampleResults.Versus());
        string storm = Write("storm.json", SampleResults.Storm());

        Run("--update", document, versus, storm);
        string once = File.ReadAllText(document);
        Run("--update", document, versus, storm);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(File.ReadAllText(document), Is.EqualTo(once));
            Assert.That(once, Does.StartWith("# Title\n\n<!-- table: versus -->\nMade by `dotnet run"));
            Assert.That(once, Does.Contain("| burst32 | 2.5 | 5 | 0.500 | 0.400–0.600 | 0.6 | 0.45 | 0 | within must |"));
            Assert.That(once, Does.Not.Contain("old | stuff"));
            Assert.That(once, Does.Contain("\n<!-- end -->\nbetween\n").And.EndWith("stays\n<!-- end -->\nafter"));
        }
    }

    [TestCase("<!-- table: weather --><!-- end -->", "there is no table 'weather': versus, storm, proxy, gate")]
    [TestCase("<!-- table: storm:calm --><!-- end -->", "no table 'storm:calm'; in the results are storm:in-flight")]
    [TestCase("<!-- table: storm -->", "the table 'storm' has no <!-- end -->")]
    [TestCase("<!-- table: storm --><!-- table: versus --><!-- end -->", "the table 'storm' has no <!-- end -->")]
    [TestCase("nothing", "has no table to replace")]
    public void A_wrong_marker_is_named_and_the_document_stays(string text, string message)
    {
        string document = Write("page.md", text);
        string storm = Write("storm.json", SampleResults.Storm());

        Assert.That(
            () => Run("--update", document, storm),
            Throws.TypeOf<BenchException>().With.Message.Contains(document).And.Message.Contains(message));
        Assert.That(File.ReadAllText(document), Is.EqualTo(text));
    }

    [Test]
    public void Markdown_cells_are_text_too()
    {
        string results = Write("gate.json", SampleResults.Gate(kernel: "a|b <b>`c`\nd"));

        Run("--markdown", In("tables.md"), results);

        string tables = File.ReadAllText(In("tables.md"));
        Assert.That(tables, Does.Contain("| a\\|b &lt;b&gt;\\`c\\` d | 100 | 110.5 | 10.5 % | grown |"));
    }

    private static void Run(params string[] arguments)
    {
        (TextWriter output, TextWriter errors) = (Console.Out, Console.Error);
        Console.SetOut(TextWriter.Null);
        Console.SetError(TextWriter.Null);
        try
        {
            ReportCommand.Run(arguments);
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(errors);
        }
    }

    private string In(string name) => Path.Combine(_folder, name);

    private string Write(string name, string text)
    {
        File.WriteAllText(In(name), text);
        return In(name);
    }
}
