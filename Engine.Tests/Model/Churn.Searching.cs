namespace Engine.Mbufs.Tests.Model;

/// <content>Bytes that are looked for and compared, and chains on paper.</content>
internal sealed partial class Churn
{
    private Outcome FindByte(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int start = RandomOffset(packet.Length);
        byte value = packet.Length > 0 && OneIn(2) ? packet.Bytes.Span[^1] : (byte)_random.Next(256);
        int found = start < packet.Length ? packet.Bytes.Span[start..].IndexOf(value) : -1;
        Require((start == 0 ? chain.IndexOf(value) : chain.IndexOf(value, start)) == (found < 0 ? -1 : start + found), "The first such byte is found.");
        return found < 0 ? Refused(packet, chain, possible: false) : Unchanged(packet, chain);
    }

    /// <summary>Bytes of the packet itself, at times changed at their end.</summary>
    private Outcome FindBytes(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int place = Noted(_random.Next(packet.Length + 1));
        Span<byte> wanted = _copied.AsSpan(0, Noted(_random.Next(Math.Min(packet.Length - place, 600) + 1)));
        packet.Bytes.Span.Slice(place, wanted.Length).CopyTo(wanted);
        if (!wanted.IsEmpty && OneIn(4))
        {
            wanted[^1]++;
        }

        int start = OneIn(2) ? RandomOffset(place) : RandomOffset(packet.Length);
        int found = start <= packet.Length ? packet.Bytes.Span[start..].IndexOf(wanted) : -1;
        Require((start == 0 ? chain.IndexOf(wanted) : chain.IndexOf(wanted, start)) == (found < 0 ? -1 : start + found), "The first such bytes are found.");
        Require(chain.StartsWith(wanted) == packet.Bytes.Span.StartsWith(wanted), "What it starts with is known.");
        return found < 0 ? Refused(packet, chain, possible: false) : Unchanged(packet, chain);
    }

    private Outcome CompareWithBytes(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        Span<byte> bytes = _copied.AsSpan(0, OneIn(2) ? packet.Length : Noted(_random.Next(packet.Length + 10)));
        bytes.Clear();
        packet.Bytes.Span[..Math.Min(packet.Length, bytes.Length)].CopyTo(bytes);
        if (!bytes.IsEmpty && OneIn(2))
        {
            bytes[_random.Next(bytes.Length)]++;
        }

        int order = packet.Bytes.Span.SequenceCompareTo(bytes);
        Require(chain.SequenceEqual(bytes) == (order == 0), "What is the same is the same.");
        Require(Math.Sign(chain.SequenceCompareTo(bytes)) == Math.Sign(order), "The order is right.");
        Require(chain.StartsWith(bytes) == packet.Bytes.Span.StartsWith(bytes), "What it starts with is known.");
        return Unchanged(packet, chain);
    }

    private Outcome CompareWithChain(in MbufScope mbufs)
    {
        if (Pick() is not { } packet || PickBut(packet) is not { } other)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        MbufChain otherChain = BeginOther(mbufs, other);
        int order = packet.Bytes.Span.SequenceCompareTo(other.Bytes.Span);
        Require(chain.SequenceEqual(otherChain) == (order == 0), "What is the same is the same.");
        Require(Math.Sign(chain.SequenceCompareTo(otherChain)) == Math.Sign(order), "The order is right.");
        Require(chain.StartsWith(otherChain) == packet.Bytes.Span.StartsWith(other.Bytes.Span), "What it starts with is known.");
        _otherBefore.AssertUnchanged(otherChain);
        Close(other, otherChain);
        return Unchanged(packet, chain);
    }

    private Outcome Print(in MbufScope mbufs)
    {
        if (!OneIn(10) || Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        Require(chain.Dump().Split('\n').Length == chain.SegmentCount + 2, "There is a line for each mbuf.");
        int lines = chain.DumpHex(packet.Length).Split('\n').Length;
        Require(lines == ((packet.Length + 15) / 16) + 1, "There is a line for each 16 bytes.");
        return Unchanged(packet, chain);
    }
}
