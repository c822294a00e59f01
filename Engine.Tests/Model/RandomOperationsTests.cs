using NUnit.Framework;

namespace Engine.Mbufs.Tests.Model;

/// <summary>
/// Random operations on many packets, against plain byte lists, in an arena so small that it is exhausted again and again. The seed is
/// the test's argument: the same one does the same.
/// </summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class RandomOperationsTests(ArenaKind kind) : MbufFixture(kind)
{
    private const int Steps = 2_000;

    [Test]
    public void Every_packet_holds_what_a_list_of_bytes_would([Range(1, 20)] int seed)
    {
        var model = new ChainModel(Arena, Kind, seed);
        model.Run(Steps);

        Assert.That(model.Refusals, Is.GreaterThan(20), "Exhaustion is part of what is tested.");
        Assert.That(model.Uses.Values, Is.All.GreaterThan(5), "Every verb is used.");
        model.FreeEverything();
    }

    protected override MbufArena Reserve() => NewArena(mbufs: 90, clusters: 30, pages: 4, jumbo9: 2, jumbo16: 3);
}
