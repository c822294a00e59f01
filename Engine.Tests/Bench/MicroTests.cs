using Engine.Mbufs.Bench.Kernels;
using Engine.Mbufs.Bench.Micro;
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
    public void Every_family_has_a_suite_of_its_name()
        => Assert.That(
            MicroCommand.Suites.Select(static suite => suite.Name),
            Is.EquivalentTo(KernelFamily.All.Select(static family => family.Name)));

    [Test]
    public void A_suite_runs_each_kernel_of_its_family()
    {
        var suite = new Share();
        foreach (string name in suite.Names)
        {
            suite.Operation = name;
            suite.Open();
            suite.Run();
            suite.Close();
        }

        Assert.That(suite.Names, Is.EqualTo(KernelFamily.FindFamily("Share").Kernels.Select(static kernel => kernel.Name)));
    }

    [Test]
    public void The_code_of_a_method_is_the_last_that_it_got()
        => Assert.That(Disassembly.Last(Listings.Split('\n')), Is.EqualTo(new[]
        {
            "; Assembly listing for method A:First() (Tier1)\n   pop rax",
            "; Assembly listing for method A:Second(int):this (Tier1)\n   ret",
        }));

    [TestCase("--unknown")]
    [TestCase("--filter")]
    [TestCase("--disasm")]
    public void What_cannot_be_meant_is_refused(params string[] arguments)
        => Assert.That(() => MicroCommand.Run(arguments), Throws.TypeOf<UsageException>());
}
