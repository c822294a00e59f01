using System.Text.RegularExpressions;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>docs/safety.md, "Never": each row of the list is shown by tests that it names, and each test that shows one is on the list.</summary>
[Category("Contracts")]
public sealed partial class SafetyPageTests
{
    /// <summary>A sentence that a reader takes in.</summary>
    private const int MostWords = 25;

    private static readonly Type[] s_fixtures = [typeof(NeverSpanTests), typeof(NeverUncheckedTests), typeof(NeverOwnerTests), typeof(NeverMemoryTests)];

    [Test]
    public void Every_row_has_three_cells_and_names_a_test()
    {
        Assert.That(ReadRows(), Is.Not.Empty);
        Assert.That(ReadRows().Where(static row => row.Length != 3 || !TestsIn(row[2]).Any()).Select(static row => row[0]), Is.Empty);
    }

    [Test]
    public void Every_test_on_the_list_exists()
        => Assert.That(TestsIn(ReadSection()).Where(static test => !NamedTest.Exists(test)), Is.Empty);

    [Test]
    public void Every_test_of_what_is_never_caught_is_on_the_list()
    {
        var named = TestsIn(ReadSection()).ToHashSet();
        IEnumerable<string> tests = s_fixtures.SelectMany(static fixture => NamedTest.TestsOf(fixture).Select(test => $"{fixture.Name}.{test}"));

        Assert.That(tests.Where(test => !named.Contains(test)), Is.Empty);
    }

    [Test]
    public void No_row_is_on_the_list_twice()
        => Assert.That(ReadRows().Select(static row => row[0]), Is.Unique);

    /// <summary>A list beside the table would be a row that names no test.</summary>
    [Test]
    public void Nothing_of_the_section_is_a_list_of_another_form()
        => Assert.That(ReadSection().Split('\n').Where(static line => ListItem().IsMatch(line)), Is.Empty);

    [Test]
    public void The_sentences_of_the_section_are_short()
    {
        string prose = string.Join(' ', ReadSection().Split('\n').Skip(1).Where(static line => !line.StartsWith('|')));
        IEnumerable<string> sentences = EndOfSentence().Split(prose).Concat(ReadRows().SelectMany(static row => row.Take(2)).SelectMany(static cell => EndOfSentence().Split(cell)));

        Assert.That(sentences.Where(static sentence => sentence.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length > MostWords), Is.Empty);
    }

    [TestCase("Fixture.Test", false)]
    [TestCase("SafetyPageTests", false)]
    [TestCase("SafetyPageTests.No_such_test", false)]
    [TestCase("SafetyPageTests.ReadRows", false)]
    [TestCase("SafetyPageTests.No_row_is_on_the_list_twice", true)]
    public void A_name_that_is_no_test_is_found(string name, bool exists) => Assert.That(NamedTest.Exists(name), Is.EqualTo(exists));

    private static IEnumerable<string> TestsIn(string cell) => InTicks().Matches(cell).Select(static match => match.Groups["test"].Value);

    private static string ReadSection()
    {
        string page = Repository.Read("docs/safety.md");
        int start = page.IndexOf("\n## Never\n", StringComparison.Ordinal);
        Assert.That(start, Is.Not.Negative, "The page has the list.");
        int end = page.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        return page[start..(end < 0 ? page.Length : end)];
    }

    private static string[][] ReadRows() =>
    [
        .. from line in ReadSection().Split('\n')
           where line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| what ", StringComparison.Ordinal)
           select line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries),
    ];

    [GeneratedRegex(@"`(?<test>\w+Tests\.\w+)`")]
    private static partial Regex InTicks();

    [GeneratedRegex(@"^\s*([-*+]|\d+[.)])\s")]
    private static partial Regex ListItem();

    [GeneratedRegex(@"(?<=[.;:?!]\)?)\s")]
    private static partial Regex EndOfSentence();
}
