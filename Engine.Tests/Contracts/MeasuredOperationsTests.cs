using System.Reflection;

using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>No operation is added without a test that it allocates nothing, or words that say that it does.</summary>
[Category("Contracts")]
public sealed class MeasuredOperationsTests
{
    /// <summary>
    /// The types that a program works with for each packet. The operations of sockets and captures are measured where those are
    /// tested.
    /// </summary>
    private static readonly Type[] s_types =
    [
        typeof(Mbuf), typeof(MbufArena), typeof(MbufCache), typeof(MbufScope), typeof(MbufWaitingScope), typeof(MbufQueue), typeof(MbufChain),
        typeof(MbufChain.SegmentEnumerable), typeof(MbufChain.SegmentEnumerator), typeof(MbufStress),
        typeof(MbufPosition), typeof(MbufReader), typeof(MbufWriter),
        typeof(IPv4Header), typeof(IPv6Header), typeof(IPv6ExtensionHeader), typeof(IPv6ExtensionHeaders), typeof(InternetChecksum),
        typeof(MbufReassembler), typeof(MbufReassemblyStatistics),
        typeof(EthernetHeader), typeof(VlanHeader), typeof(FrameLayout), typeof(TcpHeader), typeof(TcpOptions),
        typeof(TcpOptions.Enumerator), typeof(TcpOption), typeof(UdpHeader), typeof(IcmpHeader), typeof(SctpHeader),
    ];

    /// <summary>What begins and ends the life of an arena or cache happens once, not for each packet.</summary>
    private static readonly HashSet<string> s_onceInALife =
    [
        $"{nameof(MbufArena)}.{nameof(MbufArena.CreateCache)}",
        $"{nameof(MbufArena)}.{nameof(MbufArena.RegisterReclaim)}",
        $"{nameof(MbufArena)}.Dispose",
        $"{nameof(MbufCache)}.Dispose",
        $"{nameof(MbufReassembler)}.Dispose",
    ];

    [Test]
    public void Every_public_operation_is_measured_or_says_that_it_allocates()
    {
        HashSet<string> measured = [.. Measured()];
        string[] missing = [.. s_types.SelectMany(Operations)
            .Where(operation => !measured.Contains(operation.Name) && !s_onceInALife.Contains(operation.Name))
            .Where(static operation => !Documentation.Of(operation.Member).Contains("llocates a string", StringComparison.Ordinal)
                && !Documentation.Of(operation.Member).Contains("llocates the snapshot", StringComparison.Ordinal)
                && !Documentation.Of(operation.Member).Contains(", allocates.", StringComparison.Ordinal))
            .Select(static operation => operation.Name)];

        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void Everything_that_tests_claim_to_measure_exists()
    {
        HashSet<string> operations = [.. s_types.SelectMany(Operations).Select(static operation => operation.Name)];

        Assert.That(Measured().Where(name => !operations.Contains(name)), Is.Empty);
    }

    private static IEnumerable<string> Measured()
        => typeof(MeasuredOperationsTests).Assembly.GetTypes()
            .SelectMany(static type => type.GetMethods())
            .SelectMany(static method => method.GetCustomAttributes<MeasuresAttribute>())
            .SelectMany(static measures => measures.Operations.Select(operation => $"{measures.Type.Name}.{operation}"));

    private static IEnumerable<(string Name, MemberInfo Member)> Operations(Type type)
        => type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(static member => member is PropertyInfo or MethodInfo { IsSpecialName: false }
                || (member.MemberType == MemberTypes.Method && member.Name.StartsWith("op_", StringComparison.Ordinal)))
            .Concat(ExtensionMembers.Of(type))
            .Select(member => ($"{type.Name}.{member.Name}", member));
}
