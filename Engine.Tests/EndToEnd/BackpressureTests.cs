using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

[Platform("Linux", Reason = NeedsEpoll)]
public sealed class BackpressureTests : ProxyFixture
{
    private const int ClusterBytes = 2048;

    /// <summary>
    /// Everything beside the flood: the connection that tells the time, partly filled clusters, and that the arena knows its peak
    /// to two magazines.
    /// </summary>
    private const int OtherClusters = 150;

    [TestCase("64k", 64 << 10, true)]
    [TestCase("64k", 64 << 10, false)]
    [TestCase("4m", 4 << 20, true)]
    public async Task A_reader_that_does_not_read_costs_the_high_water_mark_and_no_more(string highWater, int bytes, bool up)
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin, "--workers", "1", "--high-water", highWater);
        (Peer Client, Peer Server) clock = await ConnectAsync(proxy, origin);
        (Peer client, Peer server) = await ConnectAsync(proxy, origin);
        (Peer from, Peer to) = up ? (client, server) : (server, client);

        long sent = await Flood.FillAsync(from, () => ExchangeAsync(clock.Client, clock.Server));
        from.Finish();
        (long received, bool wasReset) = await Flood.TakeAsync(to);

        ProxyFigures figures = await EndAsync(proxy);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((received, wasReset), Is.EqualTo((sent, false)), "Nothing is lost to backpressure.");
            Assert.That(up ? figures.BytesToBackend : figures.BytesToClient, Is.GreaterThanOrEqualTo(sent));
            Assert.That(sent, Is.GreaterThan(bytes), "More was offered than may be held.");
            Assert.That(figures.ClustersHighWater * ClusterBytes, Is.GreaterThanOrEqualTo(bytes), "The mark was reached.");
            Assert.That(figures.ClustersHighWater, Is.LessThanOrEqualTo((bytes / ClusterBytes * 5 / 4) + OtherClusters));
        }
    }
}
