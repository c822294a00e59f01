using NUnit.Framework;

namespace Engine.Mbufs.Tests.Faults;

/// <summary>No operation that needs memory is forgotten in the table of faults.</summary>
[Category("Contracts")]
public sealed class FaultTableTests
{
    /// <summary>What goes through the kernel is tried on sockets.</summary>
    private static readonly string[] s_elsewhere =
        ["MbufSocket.Receive(Socket, MbufChain, Int32)", "MbufSocket.Receive(Int32, MbufChain, Int32)"];

    [Test]
    public void Every_public_operation_that_can_come_to_allocate_is_tried()
        => Assert.That(AllocatingOperations.All.Keys.Except(Fault.All.Select(static fault => fault.Operation)), Is.EquivalentTo(s_elsewhere));

    [Test]
    public void Everything_that_is_tried_exists_and_allocates()
        => Assert.That(Fault.All.Select(static fault => fault.Operation).Except(AllocatingOperations.All.Keys), Is.Empty);
}
