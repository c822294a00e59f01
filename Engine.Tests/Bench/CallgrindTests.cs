using Engine.Mbufs.Bench;
using Engine.Mbufs.Bench.Gate;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

/// <summary>What callgrind and the JIT write is understood, or refused.</summary>
[Category("Bench")]
public sealed class CallgrindTests
{
    private const string Part = """
        # callgrind format
        version: 1
        creator: callgrind-3.19.0
        pid: 17105
        cmd:  dotnet Engine.Bench.dll gate-run AllocateFree allocate-packet
        part: 2


        desc: I1 cache:
        desc: D1 cache:
        desc: LL cache:

        desc: Timerange: Basic block 32290759 - 32300000
        desc: Trigger: --dump-after=bsearch

        positions: line
        events: Ir
        summary: 43319


        ob=(14) libcoreclr.so
        fl=(253) ???
        fn=(1750) 0x00000000000074a0
        0 43319

        totals: 43319
        """;

    private const string Summary = """
           1: JIT compiled Engine.Mbufs.Bench.Program:Main(System.String[]):int [FullOpts, IL size=71, code size=283]
           2: JIT compiled Engine.Mbufs.Bench.Operations.AllocateOperations:AllocateFree(int):this [FullOpts, IL size=61, code size=387]
           3: JIT compiled Engine.Mbufs.ThreadCache:TakeSlow(int):this [FullOpts with Synthesized PGO, IL size=133, code size=22]
        """;

    [Test]
    public void The_total_of_a_region_is_read()
    {
        Assert.That(CallgrindPart.Read(Part.Split('\n')), Is.EqualTo(43_319));
        Assert.That(CallgrindPart.Read(["events: Ir Dr Dw", "totals: 7 3 2"]), Is.EqualTo(7));
    }

    [TestCase("totals: 43319")]
    [TestCase("events: Dr\ntotals: 43319")]
    [TestCase("events: Ir\nsummary: 43319")]
    [TestCase("events: Ir\ntotals: many")]
    [TestCase("")]
    public void A_file_without_a_total_of_instructions_is_refused(string text)
        => Assert.That(() => CallgrindPart.Read(text.Split('\n')), Throws.TypeOf<BenchException>());

    [Test]
    public void Regions_are_read_in_order_and_what_is_dumped_at_the_end_is_none()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string path = Path.Combine(folder, "parts");
            File.WriteAllText(path + ".1", "events: Ir\ntotals: 5\n");
            File.WriteAllText(path + ".2", "events: Ir\ntotals: 9\n");
            File.WriteAllText(path, "events: Ir\ntotals: 0\n");

            Assert.That(CallgrindPart.ReadAll(path), Is.EqualTo(new long[] { 5, 9 }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void Optimised_code_is_no_problem() => Assert.That(CompilationSummary.Problems(Summary.Split('\n')), Is.Empty);

    [TestCase("FullOpts,", "MinOpts,")]
    [TestCase("FullOpts with Synthesized PGO", "Tier0")]
    [TestCase("FullOpts,", "Instrumented Tier0,")]
    public void Code_that_is_not_optimised_is_named(string optimised, string not)
        => Assert.That(
            CompilationSummary.Problems(Summary.Replace(optimised, not, StringComparison.Ordinal).Split('\n')),
            Is.Not.Empty.And.All.Contains(not));

    [Test]
    public void A_summary_without_the_kernel_proves_nothing()
    {
        Assert.That(CompilationSummary.Problems([]), Has.One.Items);
        Assert.That(CompilationSummary.Problems(Summary.Split('\n')[..1]), Has.One.Items);
    }
}
