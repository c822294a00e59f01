using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>
/// What is shared is replaced while another thread frees the other packets: what may be written changes in the middle, and the
/// bytes must not.
/// </summary>
[Category("Contention")]
public sealed class ReplaceRaceTests
{
    private const int Rounds = 20_000;
    private const int Segments = 12;

    private static readonly Func<MbufChain, bool>[] s_operations =
    [
        static chain => chain.TryUnshare(), static chain => chain.TryCollapse(2), static chain => chain.TryCollapse(Segments - 2),
        static chain => chain.TryDefragment(), static chain => chain.TryCopyFrom(50, BytePattern.Of(Segments * 150).AsSpan(50, 1000)),
    ];

    [Test]
    public void Bytes_stay_when_shares_end_meanwhile([Range(0, 4)] int operation)
    {
        // More than the other thread's magazines hold while its scope is open: nobody waits for those here.
        using MbufArena arena = Arenas.Of(mbufs: 600, clusters: 400, jumbos: 4);
        byte[] bytes = BytePattern.Of(Segments * 150);
        Mbuf handed = default;
        int handedRound = 0;
        Crew.Run(
            () =>
            {
                for (int round = 1; round <= Rounds; round++)
                {
                    using MbufScope mbufs = arena.Enter();
                    using MbufChain packet = Build(mbufs, bytes);
                    handed = packet.Share().Detach();
                    Volatile.Write(ref handedRound, round);
                    Assert.That(s_operations[operation](packet));
                    ChainAssert.Holds(packet, bytes);
                    Assert.That(SpinWait.SpinUntil(() => Volatile.Read(ref handedRound) == 0, Crew.Patience));
                }
            },
            () =>
            {
                for (int round = 1; round <= Rounds; round++)
                {
                    Assert.That(SpinWait.SpinUntil(() => Volatile.Read(ref handedRound) == round, Crew.Patience));
                    Thread.SpinWait(round % 200);
                    using MbufScope mbufs = arena.Enter();
                    mbufs.Free([handed]);
                    Volatile.Write(ref handedRound, 0);
                }
            });
        arena.AssertSettled();
    }

    /// <summary>Small clusters with room before and behind their bytes.</summary>
    private static MbufChain Build(in MbufScope mbufs, byte[] bytes)
    {
        MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        for (int i = 0; i < Segments; i++)
        {
            using MbufChain part = mbufs.AllocatePacket();
            Assert.That(part.TryAppend(bytes.AsSpan(150 * i, 150)));
            packet.Append(part);
        }

        return packet;
    }
}
