using System.Buffers;

namespace Engine.Mbufs.Tests.Model;

/// <content>New packets made of bytes.</content>
internal sealed partial class Churn
{
    private Outcome AllocatePacketFrom(in MbufScope mbufs)
    {
        if (IsFull)
        {
            return Outcome.Idle;
        }

        ReadOnlySpan<byte> bytes = RandomBytes(1 + RandomLength());
        int headroom = Noted(_random.Next(MbufSizes.InternalSize + 1));
        ushort receiveInterface = (ushort)_random.Next(ushort.MaxValue);
        var source = new NoiseSource(bytes);
        CountFailures();
        int way = _random.Next(3);
        using MbufChain chain = way switch
        {
            0 => mbufs.AllocatePacketFrom(bytes, headroom, receiveInterface),
            1 => mbufs.AllocatePacketFrom(ref source, bytes.Length, headroom, receiveInterface),
            _ => mbufs.AllocatePacketFrom(ref source, bytes.Length),
        };
        if (chain.IsNull)
        {
            RequireFailure();
            return Outcome.Exhausted;
        }

        ModelPacket packet = NewPacket(hasHeader: true);
        packet.Append(bytes);
        packet.Header = packet.Header with { ReceiveInterface = way == 2 ? (ushort)0 : receiveInterface };
        Require(way == 2 || chain.Headroom >= headroom, "The headroom is there.");
        Add(packet, chain);
        return Outcome.Done;
    }

    private Outcome AllocateFromSequence(in MbufScope mbufs)
    {
        if (IsFull)
        {
            return Outcome.Idle;
        }

        var source = new ReadOnlySequence<byte>(_noise, _random.Next(MostNoise), RandomLength());
        int most = OneIn(3) ? MbufSizes.CopyAll : RandomLength();
        int length = (int)Math.Min(most, source.Length);
        ReadOnlySpan<byte> bytes = source.FirstSpan[..length];
        int headroom = Noted(_random.Next(MbufSizes.InternalSize + 1));
        bool hasHeader = OneIn(2);
        long left = source.Length - length;
        CountFailures();
        using MbufChain chain = hasHeader
            ? mbufs.AllocatePacketFrom(ref source, most, headroom)
            : mbufs.AllocateChainFrom(ref source, most, headroom);
        if (chain.IsNull)
        {
            Require(source.Length == left + length, "The sequence is as it was.");
            RequireFailure();
            return Outcome.Exhausted;
        }

        Require(source.Length == left && chain.Headroom >= headroom, "The sequence has moved on, and the headroom is there.");
        ModelPacket packet = NewPacket(hasHeader);
        packet.Append(bytes);
        Add(packet, chain);
        return Outcome.Done;
    }

    private readonly ref struct NoiseSource(ReadOnlySpan<byte> bytes) : IMbufSource
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;

        public void CopyTo(int offset, scoped Span<byte> destination) => _bytes.Slice(offset, destination.Length).CopyTo(destination);
    }
}
