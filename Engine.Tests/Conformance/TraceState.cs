using System.Globalization;
using System.Text;

namespace Engine.Mbufs.Tests.Conformance;

/// <summary>What a result says of registers and queues.</summary>
internal static class TraceState
{
    public static string OfRegister(TraceMachine machine, in MbufScope mbufs, int register)
    {
        if (machine.IsNull(register))
        {
            return $"r{register}=null";
        }

        MbufChain chain = machine.Take(mbufs, register);
        string state = $"r{register}={OfChain(chain)}";
        machine.Put(register, chain);
        return state;
    }

    public static string OfTag(TraceMachine machine, in MbufScope mbufs, int place)
    {
        if (machine.IsNullTag(place))
        {
            return $"t{place}=null";
        }

        MbufTag tag = machine.TakeTag(mbufs, place);
        string state = $"t{place}={OfTag(tag)}";
        machine.PutTag(place, tag);
        return state;
    }

    public static string OfQueue(TraceMachine machine, int place) => $"q{place}=len:{machine.Queue(place).Count}";

    public static string OfChain(MbufChain chain)
    {
        var text = new StringBuilder();
        string packetLength = chain.HasPacketHeader ? chain.PacketLength.ToString(CultureInfo.InvariantCulture) : "-";
        text.Append(CultureInfo.InvariantCulture, $"len:{LengthOf(chain)},pkt:{packetLength},fnv:{TracePayload.Hash(chain)}");
        if (chain.HasPacketHeader)
        {
            string flags = TraceNames.NamesOf(chain.Flags);
            text.Append(flags.Length > 0 ? ",flags:" : "").Append(flags);
            AppendTags(text, chain);
        }

        return text.ToString();
    }

    /// <summary>Counted, not asked for: and asked for only to be compared.</summary>
    private static int LengthOf(MbufChain chain)
    {
        int length = 0;
        foreach (ReadOnlySpan<byte> segment in chain.Segments)
        {
            length += segment.Length;
        }

        return length == chain.Length
            ? length
            : throw new TraceException($"The chain says that it holds {chain.Length} bytes; there are {length}.");
    }

    private static void AppendTags(StringBuilder text, MbufChain chain)
    {
        string separator = ",tags:";
        foreach (MbufTag tag in chain.Tags)
        {
            text.Append(separator).Append(OfTag(tag));
            separator = "+";
        }
    }

    private static string OfTag(MbufTag tag) => string.Create(
        CultureInfo.InvariantCulture,
        $"{tag.Cookie}/{tag.Type}/{tag.Length}/{TracePayload.Hash(tag.Data)}");
}
