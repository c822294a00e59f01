using System.Text.Json;

using Engine.Mbufs.Bench.Measure;
using Engine.Mbufs.Bench.Operations;
using Engine.Mbufs.Bench.Versus;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

public sealed class VersusReportTests
{
    private static readonly string[] s_fields =
    [
        "work", "peer", "engine_ns", "peer_ns", "ratio", "ratio_low", "ratio_high", "engine_managed_bytes",
    ];

    [Test]
    public void The_file_is_an_array_of_objects_with_exactly_these_fields()
    {
        string path = Path.GetTempFileName();
        try
        {
            VersusReport.WriteJson(path, [Compare("alloc-free", "dpdk", 2, 5), Compare("burst32", "arraypool", 3, 4)]);
            using var document = JsonDocument.Parse(File.ReadAllText(path));
            JsonElement[] rows = [.. document.RootElement.EnumerateArray()];
            using (Assert.EnterMultipleScope())
            {
                Assert.That(rows, Has.Length.EqualTo(2));
                Assert.That(rows[0].EnumerateObject().Select(static field => field.Name), Is.EqualTo(s_fields));
                Assert.That(rows[0].GetProperty("work").GetString(), Is.EqualTo("alloc-free"));
                Assert.That(rows[1].GetProperty("peer").GetString(), Is.EqualTo("arraypool"));
                Assert.That(rows[1].GetProperty("ratio").GetDouble(), Is.EqualTo(0.75));
                Assert.That(rows[1].GetProperty("engine_managed_bytes").GetDouble(), Is.Zero);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestCase("alloc-free", 0.2, "within goal")]
    [TestCase("alloc-free", 0.4, "within must")]
    [TestCase("alloc-free", 0.46, "OVER MUST, required 0.45")]
    [TestCase("handoff-burst32", 0.7, "OVER MUST, required 0.667")]
    public void What_is_over_its_budget_is_marked(string work, double ratio, string mark)
        => Assert.That(Table(Compare(work, "dpdk", ratio, 1)), Does.Contain(mark));

    [TestCase("alloc-free", "arraypool", Description = "Budgets are shares of DPDK's time.")]
    [TestCase("split-concat", "dpdk", Description = "There is no budget for it.")]
    public void What_has_no_budget_has_no_mark(string work, string peer)
    {
        string table = Table(Compare(work, peer, 9, 1));
        Assert.That(table, Does.Contain("9.000").And.Not.Contain("must,").And.Not.Contain("within").And.Not.Contain("OVER"));
    }

    [Test]
    public void Managed_memory_is_marked_whatever_the_ratio()
    {
        var comparison = new Comparison(OperationFamily.FindCompared("alloc-free"), "dpdk");
        comparison.Add(new Sample(1, 1, 24), new Sample(9, 9, 0));
        Assert.That(Table(comparison), Does.Contain("MANAGED MEMORY, required 0"));
    }

    private static string Table(Comparison comparison)
    {
        using var output = new StringWriter();
        VersusReport.WriteTable(output, [comparison]);
        return output.ToString();
    }

    private static Comparison Compare(string work, string peer, double engine, double other)
    {
        var comparison = new Comparison(OperationFamily.FindCompared(work), peer);
        comparison.Add(new Sample(engine, engine, 0), new Sample(other, other, 0));
        return comparison;
    }
}
