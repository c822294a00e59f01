using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class VerbTests(ArenaKind kind) : MbufFixture(kind)
{
    [TestCaseSource(typeof(Verb), nameof(Verb.All))]
    public void Every_verb_works_on_a_live_chain_and_leaves_it_live(Verb verb)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(10), Segment.Internal(4), Segment.Cluster(6));

        verb.Call(packet);
        Assert.That(packet.IsOwned);
        if (packet.HasPacketHeader)
        {
            packet.FixPacketLength();
        }

        Assert.That(packet.IsSane(out string? problem), problem);
    }
}
