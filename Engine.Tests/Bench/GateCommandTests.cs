using Engine.Mbufs.Bench.Gate;
using Engine.Mbufs.Bench.Operations;
using Engine.Samples.Options;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

/// <summary>The gate as it is called: what it counts, and how it ends.</summary>
[Category("Bench")]
public sealed class GateCommandTests
{
    [TestCase("--unknown")]
    [TestCase("--only")]
    [TestCase("--only", "no-kernel")]
    [TestCase("--jobs", "0")]
    [TestCase("--plant", "--update")]
    [TestCase("--plant", "--only", "share")]
    public void What_cannot_be_meant_is_refused(params string[] arguments)
        => Assert.That(() => GateCommand.Run(arguments), Throws.TypeOf<UsageException>());

    [Test]
    public void The_exit_codes_are_those_that_the_help_page_lists()
    {
        foreach (GateOutcome outcome in Enum.GetValues<GateOutcome>())
        {
            Assert.That(GateOptions.Help, Does.Match($@"\n  {(int)outcome}  \w"));
        }

        Assert.That(Enum.GetValues<GateOutcome>().Select(static outcome => (int)outcome), Is.EqualTo(new[] { 0, 3, 4, 5, 6, 7 }));
    }

    /// <summary>A regression that somebody might write: one question too many about each packet.</summary>
    [Test]
    public void A_planted_regression_is_caught()
    {
        if (Callgrind.MissingBecause() is string reason)
        {
            Assert.Ignore(reason);
        }

        GateOutcome outcome = (GateOutcome)GateCommand.Run(["--plant"]);
        if (outcome == GateOutcome.MinOpts)
        {
            Assert.Ignore("The engine was built without optimisation: only a Release build is counted.");
        }

        if (outcome == GateOutcome.NoBaseline)
        {
            Assert.Ignore("There is no baseline for this runtime and instruction set.");
        }

        Assert.That(outcome, Is.EqualTo(GateOutcome.Grown));
    }

    [Test]
    public void A_kernel_that_is_counted_twice_has_the_same_count()
    {
        if (Callgrind.MissingBecause() is string reason)
        {
            Assert.Ignore(reason);
        }

        // One that frees nothing: of a million frees one lets its mbuf rest, and the JIT compiles what does that.
        Operation kernel = OperationFamily.FindCounted("prepend-room");
        Count first = Callgrind.Measure(kernel, planted: false);
        Count second = Callgrind.Measure(kernel, planted: false);

        Assert.That(second.Instructions, Is.EqualTo(first.Instructions));
        Assert.That(second.Environment, Is.EqualTo(first.Environment));
    }

    [Test]
    public void The_accepted_count_is_not_taken_again()
        => Assert.That(GateCommand.Settled(CountOf(100), Accepted, static () => throw new AssertionException("counted again")).Instructions, Is.EqualTo(100));

    [TestCase(4100, 100, ExpectedResult = 100)]
    [TestCase(110, 4110, ExpectedResult = 110)]
    [TestCase(110, 110, ExpectedResult = 110)]
    [TestCase(90, 90, ExpectedResult = 90)]
    public decimal Of_another_count_and_a_second_one_the_less_holds(int first, int second)
        => GateCommand.Settled(CountOf(first), Accepted, () => CountOf(second)).Instructions;

    [Test]
    public void What_has_no_accepted_count_is_taken_twice()
        => Assert.That(GateCommand.Settled(CountOf(4100), new Dictionary<string, decimal>(), static () => CountOf(100)).Instructions, Is.EqualTo(100));

    private static Dictionary<string, decimal> Accepted => new() { ["share"] = 100 };

    private static Count CountOf(decimal instructions) => new("share", instructions, new CountingEnvironment("10.0.0", "x64"), []);
}
