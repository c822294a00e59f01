using System.Globalization;

using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Tests.Conformance;

/// <summary>The Internet checksum.</summary>
internal static class ChecksumOperations
{
    public static IReadOnlyDictionary<string, TraceOperation> All { get; } = new Dictionary<string, TraceOperation>
    {
        ["in_cksum"] = OfStart,
        ["in_cksum_skip"] = OfRange,
        ["in_delayed_cksum"] = Complete,
    };

    private static void OfStart(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        Compute(step, chain, 0, step.Line.Count());
        step.Machine.Put(register, chain);
    }

    private static void OfRange(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        int end = step.Line.Count();
        int offset = step.Line.Count();
        Compute(step, chain, offset, end - offset);
        step.Machine.Put(register, chain);
    }

    private static void Compute(TraceStep step, MbufChain chain, int offset, int length)
    {
        if (!chain.TryComputeChecksum(offset, length, out ushort checksum))
        {
            throw step.Refused("the chain is said to be too short.");
        }

        step.Key("ck", checksum.ToString("x4", CultureInfo.InvariantCulture));
    }

    private static void Complete(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        if (!chain.TryCompleteTransportChecksum())
        {
            throw step.Refused("the packet is said to be no such packet.");
        }

        step.PutAndShow(mbufs, register, chain);
    }
}
