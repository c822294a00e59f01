using Engine.Mbufs.Bench.Micro;
using Engine.Mbufs.Bench.Operations;
using Engine.Samples.Options;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

/// <summary>The suites of benchmarks cover what there is.</summary>
[Category("Bench")]
public sealed class MicroTests
{
    private const string Listings = """
        ; Assembly listing for method A:First() (Tier0)
           nop
        ; Assembly listing for method A:Second(int):this (Tier1)
           ret

        ; Assembly listing for method A:First() (Tier1-OSR @0x10)
           push rax
        ; Assembly listing for method A:First() (Tier1)
           pop rax
        """;

    [Test]
    public void Every_counted_operation_is_a_benchmark_by_its_family_and_name()
        => Assert.That(
            OperationBenchmarks.Names,
            Is.EqualTo(OperationFamily.Counted.Select(static kernel => $"{OperationFamily.Of(kernel).Name}/{kernel.Name}")));

    [Test]
    public void The_suite_runs_each_operation_of_a_family()
    {
        var suite = new OperationBenchmarks();
        string[] names = [.. OperationBenchmarks.Names.Where(static name => name.StartsWith("Share/", StringComparison.Ordinal))];
        foreach (string name in names)
        {
            suite.Operation = name;
            suite.Open();
            suite.Run();
            suite.Close();
        }

        Assert.That(names, Has.Length.EqualTo(OperationFamily.Find("Share").Operations.Count(static kernel => kernel.IsCounted)));
    }

    [Test]
    public void The_code_of_a_method_is_the_last_that_it_got()
        => Assert.That(Disassembly.Last(Listings.Split('\n')), Is.EqualTo(new[]
        {
            "; Assembly listing for method A:First() (Tier1)\n   pop rax",
            "; Assembly listing for method A:Second(int):this (Tier1)\n   ret",
        }));

    [Test]
    public void A_method_that_was_compiled_once_is_shown_only_if_no_other_is()
    {
        string[] cold = ["; Assembly listing for method A:Setup() (Instrumented Tier0)", "   nop"];
        Assert.That(Disassembly.Last(cold), Has.One.Items);
        Assert.That(Disassembly.Last([.. cold, .. Listings.Split('\n')]), Has.None.Contains("A:Setup"));
    }

    [TestCase("--unknown")]
    [TestCase("--filter")]
    [TestCase("--disasm")]
    public void What_cannot_be_meant_is_refused(params string[] arguments)
        => Assert.That(() => MicroCommand.Run(arguments), Throws.TypeOf<UsageException>());
}
