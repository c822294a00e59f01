using Engine.Mbufs.Tests.Captures;
using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Tests.Faults;

/// <content>Captures.</content>
internal sealed partial record Fault
{
    private static IEnumerable<Fault> OfCaptures() =>
    [
        Capture("small", 30),
        Capture("a cluster", 1500),
        Capture("a larger cluster", 9000) with { Recovers = true },
        Capture("a chain", 40_000) with { Recovers = true },
    ];

    private static Fault Capture(string what, int length)
        => new("MbufCaptureReader.Read(MbufScope, MbufChain)", what, (in mbufs, _, _) => Read(mbufs, length)) { IsFresh = true };

    private static bool Read(in MbufScope mbufs, int length)
    {
        byte[] bytes = Bytes(length);
        using var reader = new MbufCaptureReader(new PcapBytes().Packet(bytes, nanoseconds: 5_000).Packet(bytes.AsSpan(1)).ToStream());
        MbufCaptureStatus status = reader.Read(mbufs, out MbufChain packet);
        Must(reader.CapturedLength == length, "What waits is told of.");
        if (status == MbufCaptureStatus.Packet)
        {
            ChainAssert.Holds(packet, bytes);
        }

        Must(status == (packet.IsNull ? MbufCaptureStatus.Exhausted : MbufCaptureStatus.Packet), "There is a packet, or no memory.");
        return Freed(packet);
    }
}
