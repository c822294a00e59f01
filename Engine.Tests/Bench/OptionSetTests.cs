using System.CommandLine;

using Engine.Samples.Options;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

/// <summary>How the programs around the engine read their command lines.</summary>
public sealed class OptionSetTests
{
    private readonly OptionSet _strict = new("strict", "One of each kind.", static () => "Notes.");
    private Option<int?> _number = null!;
    private Option<IReadOnlyList<string>?> _list = null!;
    private Argument<string> _file = null!;

    [OneTimeSetUp]
    public void Declare()
    {
        _file = _strict.Argument("FILE", "a file", "which file?");
        _number = _strict.Number("--number", "N", "a number", 1, 9);
        _list = _strict.List("--list", "WORD", "words", static written => written);
        _ = _strict.Switch("--switch", "a switch");
    }

    [Test]
    public void What_is_not_given_is_null()
    {
        ParseResult said = _strict.Parse(["a"]);

        Assert.That((said.GetValue(_number), said.GetValue(_list), said.GetValue(_file)), Is.EqualTo(((int?)null, (IReadOnlyList<string>?)null, "a")));
    }

    /// <summary>Each word is what it says, with one value behind an option.</summary>
    [TestCase("@a")]
    [TestCase("-")]
    public void A_word_is_not_expanded(string word)
    {
        ParseResult said = _strict.Parse(["--list", "@b", word, "--list", "c", "--number=4"]);

        Assert.That(said.GetValue(_list), Is.EqualTo(["@b", "c"]));
        Assert.That((said.GetValue(_file), said.GetValue(_number)), Is.EqualTo((word, 4)));
    }

    [TestCase("which file?")]
    [TestCase("which file?", "")]
    [TestCase("'b' is one file too many", "a", "b")]
    [TestCase("unknown option --nothing; --help lists the options", "a", "--nothing=1")]
    [TestCase("unknown option --numbr; did you mean --number?", "--numbr", "1")]
    [TestCase("unknown option -s; --help lists the options", "a", "-s")]
    [TestCase("--number: '10' is not a number from 1 to 9", "a", "--number", "10")]
    [TestCase("--number: '-1' is not a number from 1 to 9", "a", "--number", "-1")]
    [TestCase("--number is given twice", "a", "--number", "1", "--number", "2")]
    [TestCase("--number needs a value; write --number N", "a", "--number")]
    [TestCase("--number needs a value; write --number N", "a", "--number", "--switch")]
    [TestCase("--number needs a value; write --number N", "--number=", "1")]
    [TestCase("--list needs a value; write --list WORD", "a", "--list", "b", "--list")]
    [TestCase("--list needs a value; write --list WORD", "a", "--list", "")]
    [TestCase("--list needs a value; write --list WORD", "a", "--list", "--other")]
    [TestCase("--switch takes no value; write --switch alone", "--switch=a")]
    [TestCase("--switch is given twice", "a", "--switch", "--switch")]
    public void What_is_wrong_is_said(string message, params string[] arguments)
        => Assert.That(() => _strict.Parse(arguments), Throws.TypeOf<UsageException>().With.Message.StartsWith(message));

    [TestCase("--help")]
    [TestCase("-h")]
    [TestCase("--number", "x", "-?", "--nothing")]
    public void Who_asks_for_help_gets_it_whatever_else_is_wrong(params string[] arguments)
        => Assert.That(_strict.AsksForHelp(_strict.Parse(arguments)));

    [Test]
    public void The_page_has_all_that_was_declared()
        => Assert.That(
            _strict.Help,
            Does.StartWith("Description:\n  One of each kind.\n").And.Contain("strict <FILE> [options]").And.Contain("\n  --number <N>")
                .And.Contain("-h, --help").And.EndsWith("\n\nNotes."));

    [Test]
    public void Where_the_last_counts_an_option_may_be_given_again_and_each_value_must_be_one()
    {
        var set = new OptionSet("lenient", "", static () => "", lastCounts: true);
        Option<int?> number = set.Number("--number", "N", "a number", 1, 9);
        Option<bool> on = set.Switch("--on", "a switch");
        ParseResult said = set.Parse(["--number", "1", "--on", "--number", "2", "--on"]);

        Assert.That((said.GetValue(number), said.GetValue(on)), Is.EqualTo((2, true)));
        Assert.That(() => set.Parse(["--number", "x", "--number", "2"]), Throws.TypeOf<UsageException>());
    }
}
