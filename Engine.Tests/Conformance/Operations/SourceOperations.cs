using System.Buffers;

namespace Engine.Mbufs.Tests.Conformance;

/// <summary>Chains made of bytes that come from somewhere, and back.</summary>
internal static class SourceOperations
{
    public static IReadOnlyDictionary<string, TraceOperation> All { get; } = new Dictionary<string, TraceOperation>
    {
        ["m_devget"] = FromDevice,
        ["m_uiotombuf"] = FromScatterList,
        ["m_mbuftouio"] = ToScatterList,
    };

    private static void FromDevice(TraceStep step, in MbufScope mbufs)
    {
        int register = step.Destination();
        int length = step.Line.Count();
        int headroom = step.Line.Integer();
        ushort from = step.Line.Short();
        bool byRoutine = step.Line.Flag();
        byte[] bytes = TracePayload.Pattern(step.Line.Unsigned(), length);
        var source = new CountingSource(bytes);
        MbufChain chain = byRoutine ? TryAllocate(mbufs, ref source, length, headroom, from) : TryAllocate(mbufs, bytes, headroom, from);
        step.Returns(!chain.IsNull);
        if (!chain.IsNull)
        {
            step.Key("rcvif", chain.ReceiveInterface);
        }

        if (byRoutine)
        {
            step.Key("copied", source.Copied);
        }

        step.PutAndShow(mbufs, register, chain);
    }

    private static MbufChain TryAllocate(in MbufScope mbufs, byte[] bytes, int headroom, ushort from)
    {
        try
        {
            return mbufs.AllocatePacketFrom(bytes, headroom, from);
        }
        catch (ArgumentOutOfRangeException) when (IsMistake(bytes.Length, headroom))
        {
            return default; // A caller's mistake: null in the reference.
        }
    }

    private static MbufChain TryAllocate(in MbufScope mbufs, scoped ref CountingSource source, int length, int headroom, ushort from)
    {
        try
        {
            return mbufs.AllocatePacketFrom(ref source, length, headroom, from);
        }
        catch (ArgumentOutOfRangeException) when (IsMistake(length, headroom))
        {
            return default;
        }
    }

    private static bool IsMistake(int length, int headroom) => length == 0 || headroom is < 0 or > MbufSizes.InternalSize;

    private static void FromScatterList(TraceStep step, in MbufScope mbufs)
    {
        int register = step.Destination();
        int available = step.Line.Count();
        int count = step.Line.Count();
        int length = count == 0 ? MbufSizes.CopyAll : count; // The reference takes 0 for all.
        int headroom = step.Line.Count();
        bool header = step.Line.Flag();
        ReadOnlySequence<byte> source = ScatterList.Of(TracePayload.Pattern(step.Line.Unsigned(), available));
        MbufChain chain = header
            ? mbufs.AllocatePacketFrom(ref source, length, headroom)
            : mbufs.AllocateChainFrom(ref source, length, headroom);
        step.Returns(!chain.IsNull);
        if (!chain.IsNull)
        {
            step.Key("resid", source.Length);
        }

        step.PutAndShow(mbufs, register, chain);
    }

    private static void ToScatterList(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        byte[] buffer = new byte[step.Line.Count()];
        int most = step.Line.Count();
        int copied = chain.CopyTo(ScatterList.Over(buffer), most == 0 ? MbufSizes.CopyAll : most);
        step.Key("ret", 0);
        step.Key("n", copied);
        step.Key("dfnv", TracePayload.Hash(buffer.AsSpan(0, copied)));
        step.Machine.Put(register, chain);
    }

    /// <summary>A device whose bytes can only be had by its own routine.</summary>
    private struct CountingSource(byte[] bytes) : IMbufSource
    {
        public int Copied { get; private set; }

        public void CopyTo(int offset, scoped Span<byte> destination)
        {
            bytes.AsSpan(offset, destination.Length).CopyTo(destination);
            Copied += destination.Length;
        }
    }
}
