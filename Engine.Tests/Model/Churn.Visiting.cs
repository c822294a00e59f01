namespace Engine.Mbufs.Tests.Model;

/// <content>Functions that see bytes piece by piece, and that change them.</content>
internal sealed partial class Churn
{
    private const int Enough = 7;

    private Outcome Apply(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int offset = RandomOffset(packet.Length);
        int length = RandomRange(packet.Length, offset);
        bool isInside = offset + length <= packet.Length;
        int budget = OneIn(2) ? int.MaxValue : Noted(_random.Next(length + 1));
        scoped var visitor = new Collector(_copied, budget);
        Require(chain.TryVisit(offset, length, ref visitor, out int result) == isInside, "What is inside is visited, and nothing else.");
        Require(packet.Bytes.Span[Math.Min(offset, packet.Length)..].StartsWith(visitor.Seen), "The visitor saw the bytes, in order.");
        Require(result == (visitor.Seen.Length > budget ? Enough : 0), "The result is the visitor's.");
        Require(result != 0 || visitor.Seen.Length == (isInside ? length : 0), "The visitor saw all of them.");
        return isInside ? Unchanged(packet, chain) : Refused(packet, chain, possible: false);
    }

    private Outcome ApplyInPlace(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int offset = RandomOffset(packet.Length);
        int length = RandomRange(packet.Length, offset);
        int budget = OneIn(2) ? int.MaxValue : Noted(_random.Next(length + 1));
        var changer = new Changer { Key = (byte)_random.Next(256), Budget = budget };
        if (!chain.TryTransform(offset, length, ref changer, out int result))
        {
            Require(changer.Count == 0 && result == 0, "Nothing was called.");
            return Refused(packet, chain, offset + length <= packet.Length);
        }

        Require(result == (changer.Count > budget ? Enough : 0), "The result is the transformer's.");
        Require(result != 0 || changer.Count == length, "All of the bytes were changed.");
        foreach (ref byte one in packet.Bytes.Span.Slice(offset, changer.Count))
        {
            one ^= changer.Key;
        }

        return Done(packet, chain);
    }

    /// <summary>Notes what it sees, until there is more of it than its budget.</summary>
    private ref struct Collector(Span<byte> room, int budget) : IMbufVisitor
    {
        private readonly Span<byte> _room = room;
        private readonly int _budget = budget;
        private int _count;

        public readonly ReadOnlySpan<byte> Seen => _room[.._count];

        public int Visit(scoped ReadOnlySpan<byte> bytes)
        {
            Require(!bytes.IsEmpty, "No piece is empty.");
            bytes.CopyTo(_room[_count..]);
            _count += bytes.Length;
            return _count > _budget ? Enough : 0;
        }
    }

    private struct Changer : IMbufTransformer
    {
        public byte Key;
        public int Budget;
        public int Count;

        public int Transform(scoped Span<byte> bytes)
        {
            Require(!bytes.IsEmpty, "No piece is empty.");
            foreach (ref byte one in bytes)
            {
                one ^= Key;
            }

            Count += bytes.Length;
            return Count > Budget ? Enough : 0;
        }
    }
}
