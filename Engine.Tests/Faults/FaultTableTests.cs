using System.Reflection;
using System.Text.RegularExpressions;

using Engine.Mbufs.Tests.Contracts;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Faults;

/// <summary>No operation that needs memory is forgotten in the table of faults.</summary>
[Category("Contracts")]
public sealed class FaultTableTests
{
    private const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>What goes through the kernel is tried on sockets: <see cref="SocketFaultTests"/>.</summary>
    private static readonly string[] s_onSockets =
    [
        "MbufSocket.Receive(Socket, MbufChain, Int32)", "MbufSocket.Receive(Int32, MbufChain, Int32)",
        "MbufSocket.Receive(Int32, MbufChain, Int32, MbufClusterSize)",
        "MbufSocket.Send(Socket, MbufChain)", "MbufSocket.Send(Int32, MbufChain)",
    ];

    /// <summary>They allocate because of stress alone (<see cref="MbufStress.MaximumSegmentLength"/>), and do without if they must.</summary>
    private static readonly string[] s_neverRefused = ["MbufSocket.Send(Socket, MbufChain)", "MbufSocket.Send(Int32, MbufChain)"];

    /// <summary>The ways to say that an operation can be refused for want of memory.</summary>
    private static readonly Regex s_refusal =
        new(@"exhausted|Exhausted|arena (cannot give|has no free record|has none of that size|has fewer)|time was over|clusters that are free");

    [Test]
    public void Every_public_operation_that_can_come_to_allocate_is_tried() => Assert.That(
        AllocatingOperations.All.Keys.Except(Fault.All.Select(static fault => fault.Operation)).Except(s_onSockets),
        Is.Empty,
        "Add these to Fault.All: every allocation of theirs is to fail once.");

    [Test]
    public void Everything_that_is_tried_exists_and_can_come_to_allocate() => Assert.That(
        Fault.All.Select(static fault => fault.Operation).Concat(s_onSockets).Except(AllocatingOperations.All.Keys),
        Is.Empty);

    [Test]
    public void Every_operation_that_can_come_to_allocate_says_what_happens_without_memory() => Assert.That(
        AllocatingOperations.All.Where(static operation => !IsRefusable(operation.Value)).Select(static operation => operation.Key)
            .Except(s_neverRefused),
        Is.Empty);

    [Test]
    public void Every_operation_that_says_that_it_can_be_refused_is_tried()
    {
        IEnumerable<string> tried = AllocatingOperations.All.Values
            .Select(static method => $"{ExtensionMembers.TypeOf(method).Name}.{method.Name}");
        IEnumerable<string> said = typeof(MbufArena).Assembly.GetExportedTypes()
            .Where(static type => !type.Name.StartsWith('<'))
            .SelectMany(static type => type.GetMethods(Public))
            .Where(static method => !method.IsSpecialName && (method.ReturnType == typeof(bool) || method.ReturnType.IsByRefLike))
            .Where(IsRefusable)
            .Select(static method => $"{ExtensionMembers.TypeOf(method).Name}.{method.Name}");

        Assert.That(said.Except(tried), Is.Empty);
    }

    private static bool IsRefusable(MethodBase method) => s_refusal.IsMatch(Documentation.WithInherited(method));
}
