using NUnit.Framework;

namespace Engine.Mbufs.Tests.Captures;

/// <summary>Captures are found where they are, and what is missing is told.</summary>
public sealed class CaptureFoldersTests
{
    private string _folder = "";

    [SetUp]
    public void Make_a_folder() => _folder = Directory.CreateTempSubdirectory().FullName;

    [TearDown]
    public void Delete_the_folder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Without_any_captures_there_is_one_case_to_skip()
    {
        CaptureFile capture = CaptureFolders.Find(Missing, named: null).Single();

        Assert.That(capture.Problem, Does.Contain(Missing));
        Assert.Throws<IgnoreException>(() => CaptureFolders.Require(capture));
    }

    [Test]
    public void A_folder_that_is_named_and_missing_is_a_failure()
    {
        CaptureFile capture = CaptureFolders.Find(Missing, named: Path.Combine(_folder, "named")).Single();

        Assert.That(capture.Problem, Does.Contain("named"));
        Assert.That(capture.IsPromised);
    }

    [Test]
    public void Captures_of_every_folder_are_found_once()
    {
        Fill(_folder, "name\tpackets\na.pcap\t3\nb.pcap\t1\n", "a.pcap", "b.pcap");
        string more = Path.Combine(_folder, "more");
        Fill(more, "packets\tname\n7\ta.pcap\n", "a.pcap");
        string named = string.Join(Path.PathSeparator, more, _folder, more, "");

        IReadOnlyList<CaptureFile> captures = CaptureFolders.Find(_folder, named);

        Assert.That(captures.Select(static capture => capture.Problem), Is.All.Null);
        Assert.That(captures.Select(static capture => capture.Name), Is.EqualTo(new[] { "a.pcap", "b.pcap", $"{more}/a.pcap" }));
        Assert.That(captures.Select(static capture => capture.Index!.Number("packets")), Is.EqualTo(new[] { 3, 1, 7 }));
    }

    [TestCase("name\n", "no row")]
    [TestCase("name\nlost.pcap\n", "lost.pcap")]
    [TestCase("name\nuntold.pcap\n", "untold.pcap.tsv")]
    [TestCase(null, "index.tsv")]
    public void What_an_index_promises_and_is_not_there_is_a_failure(string? index, string told)
    {
        Fill(_folder, index);
        File.WriteAllText(Path.Combine(_folder, "untold.pcap"), "");

        CaptureFile capture = CaptureFolders.Find(_folder, named: null).Single();

        Assert.That(capture.Problem, Does.Contain(told));
        Assert.That(capture.IsPromised);
    }

    [Test]
    public void Values_are_found_by_the_name_of_their_column()
    {
        string path = Path.Combine(_folder, "table.tsv");
        File.WriteAllText(path, "frame.len\tip.len\tlast\n60\t40,20\t1\n61\t\n");

        IReadOnlyList<TabRow> rows = TabRow.Load(path);

        Assert.That(rows.Select(static row => (row.Number("frame.len"), row.Outermost("ip.len"), row["last"])),
            Is.EqualTo(new[] { (60L, "40", "1"), (61L, "", "") }));
        Assert.That(rows[0].Has("none"), Is.False);
        Assert.Throws<KeyNotFoundException>(() => _ = rows[0]["none"]);
    }

    private string Missing => Path.Combine(_folder, "missing");

    private static void Fill(string folder, string? index, params string[] captures)
    {
        Directory.CreateDirectory(Path.Combine(folder, "truth"));
        if (index is not null)
        {
            File.WriteAllText(Path.Combine(folder, "index.tsv"), index);
        }

        foreach (string capture in captures)
        {
            File.WriteAllText(Path.Combine(folder, capture), "");
            File.WriteAllText(Path.Combine(folder, "truth", capture + ".tsv"), "frame.number\n");
        }
    }
}
