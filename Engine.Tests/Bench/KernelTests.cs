using Engine.Mbufs.Bench.Operations;
using Engine.Samples.Options;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

/// <summary>What the suite counts and times is what it says, every time alike.</summary>
[Category("Bench")]
public sealed class KernelTests
{
    private const int Operations = 40;

    private static IEnumerable<string> Names => OperationFamily.Counted.Select(static kernel => kernel.Name);

    private static IEnumerable<string> CheckedNames
        => OperationFamily.Counted.Where(static kernel => kernel.Check is not null).Select(static kernel => kernel.Name);

    [Test]
    public void A_kernel_is_free_of_managed_memory_and_leaves_nothing_behind([ValueSource(nameof(Names))] string name)
    {
        using OpenOperation kernel = OperationFamily.FindCounted(name).Open();
        AllocationAssert.IsFree(() => kernel.Run(Operations));

        Assert.That(kernel.LiveMbufs, Is.Zero);
    }

    [Test]
    public void What_an_operation_does_is_right_in_a_small_arena_too([ValueSource(nameof(CheckedNames))] string name)
    {
        using OpenOperation kernel = OperationFamily.FindCounted(name).Open();

        Assert.That(kernel.IsRight(), Is.True);
        Assert.That(kernel.LiveMbufs, Is.Zero);
    }

    [Test]
    public void Names_are_unique_and_fit_a_command_line()
    {
        string[] works = [.. OperationFamily.Compared.Select(static work => work.Name)];
        Assert.That(works, Is.Unique);
        Assert.That(works, Has.All.Match("^[a-z0-9]+(-[a-z0-9]+)*$"));
        Assert.That(Names, Is.Unique);
        Assert.That(Names, Has.All.Match("^[a-z0-9]+(-[a-z0-9]+)*$"));
        Assert.That(OperationFamily.All.Select(static family => family.Name), Is.Unique);
    }

    [Test]
    public void A_name_that_there_is_not_is_answered_with_those_that_there_are()
        => Assert.That(
            static () => OperationFamily.FindCounted("allocate"),
            Throws.TypeOf<UsageException>().With.Message.Contains("'allocate'").And.Message.Contains("allocate-packet,"));

    [Test]
    public void Exactly_one_kernel_can_be_made_worse_and_still_does_its_work()
    {
        Operation planted = OperationFamily.Counted.Single(static kernel => kernel.Planted is not null);
        using OpenOperation kernel = planted.Open(planted: true);
        AllocationAssert.IsFree(() => kernel.Run(Operations));

        Assert.That(kernel.LiveMbufs, Is.Zero);
        Assert.That(() => OperationFamily.FindCounted("share").Open(planted: true), Throws.TypeOf<UsageException>());
    }
}
