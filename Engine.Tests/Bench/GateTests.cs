using Engine.Mbufs.Bench;
using Engine.Mbufs.Bench.Gate;
using Engine.Mbufs.Bench.Operations;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

/// <summary>What counts of instructions mean beside a baseline.</summary>
[Category("Bench")]
public sealed class GateTests
{
    private static readonly CountingEnvironment s_environment = new("10.0.1", "x64-avx2");

    [TestCase(1000, 1000, (int)GateOutcome.Same)]
    [TestCase(1000, 900, (int)GateOutcome.Same)]
    [TestCase(1000, 1020, (int)GateOutcome.Same)]
    [TestCase(1000, 1020.0005, (int)GateOutcome.Grown)]
    [TestCase(50, 51, (int)GateOutcome.Same)]
    [TestCase(49, 50, (int)GateOutcome.Grown)]
    public void Two_percent_pass_and_nothing_beyond(decimal before, decimal now, int outcome)
    {
        IReadOnlyList<Comparison> comparisons = Comparison.Of(Accepted(("a", before)), [Counted("a", now)], isPart: false);

        Assert.That((int)GateCommand.OutcomeOf(comparisons), Is.EqualTo(outcome));
        Assert.That(comparisons[0].IsShrunk, Is.EqualTo(now < before));
        Assert.That(comparisons[0].Growth, Is.EqualTo((now / before) - 1));
    }

    [Test]
    public void A_kernel_that_nobody_accepted_is_missing()
    {
        IReadOnlyList<Comparison> comparisons = Comparison.Of(Accepted(("a", 10)), [Counted("a", 10), Counted("b", 5)], false);

        Assert.That(GateCommand.OutcomeOf(comparisons), Is.EqualTo(GateOutcome.KernelMissing));
        Assert.That(comparisons[1], Is.EqualTo(new Comparison("b", null, 5)));
    }

    [Test]
    public void A_kernel_that_is_not_counted_any_more_is_missing_unless_others_were_asked_for([Values] bool isPart)
    {
        IReadOnlyList<Comparison> comparisons = Comparison.Of(Accepted(("a", 10), ("b", 5)), [Counted("a", 10)], isPart);

        Assert.That(GateCommand.OutcomeOf(comparisons), Is.EqualTo(isPart ? GateOutcome.Same : GateOutcome.KernelMissing));
        Assert.That(comparisons, Has.Count.EqualTo(isPart ? 1 : 2));
    }

    [Test]
    public void What_is_missing_is_told_before_what_has_grown()
    {
        IReadOnlyList<Comparison> comparisons = Comparison.Of(Accepted(("a", 10)), [Counted("a", 20), Counted("b", 5)], false);

        Assert.That(GateCommand.OutcomeOf(comparisons), Is.EqualTo(GateOutcome.KernelMissing));
    }

    [Test]
    public void The_table_shows_what_was_and_what_is()
    {
        var output = new StringWriter { NewLine = "\n" };
        GateReport.WriteTable(output, [new("a", 1000, 1050.5m), new("b", null, 7), new("c", 7, null), new("d", 100, 90)]);

        Assert.That(output.ToString(), Is.EqualTo("""
            kernel                      before         now   growth
            a                             1000      1050.5   +5.1 %  grown
            b                                -           7        -  not in the baseline
            c                                7           -        -  not counted
            d                              100          90  -10.0 %

            """.ReplaceLineEndings("\n")));
    }

    [Test]
    public void A_baseline_is_read_as_it_was_written()
    {
        var written = new Baseline(s_environment.Runtime, s_environment.InstructionSet, Accepted(("a", 43), ("b", 754.3285m)));
        Baseline read = Baseline.Parse(written.ToJson(), "written");

        Assert.That(read with { Kernels = written.Kernels }, Is.EqualTo(written));
        Assert.That(read.Kernels, Is.EqualTo(written.Kernels));
        Assert.That(() => Baseline.Parse("{", "cut.js"), Throws.TypeOf<BenchException>().With.Message.Contains("cut.js"));
        Assert.That(() => Baseline.Parse("{}", "empty.js"), Throws.TypeOf<BenchException>().With.Message.Contains("empty.js"));
    }

    [Test]
    public void There_is_no_baseline_for_a_runtime_that_nobody_counted_on()
        => Assert.That(Baseline.Find(new CountingEnvironment("1.0.0", "x64-avx2")), Is.Null);

    [Test]
    public void The_environment_is_read_as_it_was_written()
    {
        Assert.That(CountingEnvironment.Parse(s_environment + "\n"), Is.EqualTo(s_environment));
        Assert.That(static () => CountingEnvironment.Parse("Segmentation fault"), Throws.TypeOf<BenchException>());
        Assert.That(CountingEnvironment.Current.Runtime, Is.EqualTo(Environment.Version.ToString()));
    }

    [Test]
    public void Every_committed_baseline_has_every_kernel()
    {
        string folder = Path.Combine(Contracts.Repository.Root, "Engine.Bench", "Gate", "Baselines");
        Assume.That(Directory.Exists(folder), "The sources are not on this machine.");
        string[] files = Directory.GetFiles(folder, "*.json");

        Assert.That(files, Is.Not.Empty);
        foreach (string file in files)
        {
            Baseline baseline = Baseline.Parse(File.ReadAllText(file), file);
            Assert.That(Path.GetFileNameWithoutExtension(file), Is.EqualTo($"{baseline.Runtime}-{baseline.InstructionSet}"));
            Assert.That(baseline.Kernels.Keys, Is.EqualTo(OperationFamily.Counted.Select(static kernel => kernel.Name)));
        }
    }

    private static Dictionary<string, decimal> Accepted(params (string Kernel, decimal Instructions)[] kernels)
        => kernels.ToDictionary(static entry => entry.Kernel, static entry => entry.Instructions);

    private static Count Counted(string kernel, decimal instructions) => new(kernel, instructions, s_environment, []);
}
