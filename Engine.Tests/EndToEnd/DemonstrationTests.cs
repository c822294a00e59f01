using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>The proxy without arguments shows itself, with an origin and clients of its own.</summary>
[Platform("Linux", Reason = NeedsEpoll)]
public sealed class DemonstrationTests : ProxyFixture
{
    [Test]
    public async Task It_reports_traffic_and_nothing_allocated_or_live()
    {
        ProxyFigures figures = (await Launch("--seconds", "1", "--json").EndsAsync(Patience)).IsGood();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(figures.Connections, Is.GreaterThan(0));
            Assert.That(figures.Refused, Is.Zero);
            Assert.That(figures.BytesToBackend, Is.GreaterThan(0));
            Assert.That(figures.BytesToClient, Is.GreaterThan(0));
        }
    }

    [Test]
    public async Task Without_json_it_prints_a_table()
    {
        ProxyEnd end = await Launch("--seconds", "1").EndsAsync(Patience);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(end.ExitCode, Is.Zero, string.Join('\n', end.Errors));
            Assert.That(end.Output, Does.Match(@"bytes to backend +\W +[1-9]"));
            Assert.That(end.Output, Does.Match(@"managed bytes, workers +\W +0 "));
            Assert.That(end.Output, Does.Match(@"live mbufs +\W +0 "));
            Assert.That(end.Output, Does.Contain(" 0 faults."));
        }
    }

    [Test]
    public async Task A_proxy_can_be_told_to_end_by_itself()
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin, "--seconds", "200ms");

        ProxyFigures figures = (await proxy.EndsAsync(Patience)).IsGood();

        Assert.That((figures.Connections, figures.MbufsHighWater), Is.EqualTo((0, 0)));
        Assert.That(figures.Seconds, Is.GreaterThanOrEqualTo(0.19), "It ran for as long as it was told to.");
    }
}
