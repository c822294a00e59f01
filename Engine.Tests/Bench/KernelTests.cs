using Engine.Mbufs.Bench.Kernels;
using Engine.Samples.Options;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

/// <summary>What the suite counts and times is what it says, every time alike.</summary>
[Category("Bench")]
public sealed class KernelTests
{
    private const int Operations = 40;

    private static IEnumerable<string> Names => KernelFamily.AllKernels.Select(static kernel => kernel.Name);

    [Test]
    public void A_kernel_is_free_of_managed_memory_and_leaves_nothing_behind([ValueSource(nameof(Names))] string name)
    {
        using OpenKernel kernel = KernelFamily.Find(name).Open();
        AllocationAssert.IsFree(() => kernel.Run(Operations));

        Assert.That(kernel.LiveMbufs, Is.Zero);
    }

    [Test]
    public void Names_are_unique_and_fit_a_command_line()
    {
        Assert.That(Names, Is.Unique);
        Assert.That(Names, Has.All.Match("^[a-z0-9]+(-[a-z0-9]+)*$"));
        Assert.That(KernelFamily.All.Select(static family => family.Name), Is.Unique);
    }

    [Test]
    public void A_name_that_there_is_not_is_answered_with_those_that_there_are()
        => Assert.That(
            static () => KernelFamily.Find("allocate"),
            Throws.TypeOf<UsageException>().With.Message.Contains("'allocate'").And.Message.Contains("allocate-packet,"));

    [Test]
    public void Exactly_one_kernel_can_be_made_worse_and_still_does_its_work()
    {
        Kernel planted = KernelFamily.AllKernels.Single(static kernel => kernel.HasPlanted);
        using OpenKernel kernel = planted.Open(planted: true);
        AllocationAssert.IsFree(() => kernel.Run(Operations));

        Assert.That(kernel.LiveMbufs, Is.Zero);
        Assert.That(() => KernelFamily.Find("share").Open(planted: true), Throws.TypeOf<UsageException>());
    }
}
