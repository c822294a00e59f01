using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Engine.Mbufs.Bench;
using Engine.Mbufs.Bench.Proxy;
using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

/// <summary>The load generator, its origin, and a proxy between them.</summary>
[Category("Bench")]
[Platform("Linux", Reason = "The verb runs on Linux only.")]
[SupportedOSPlatform("linux")]
public sealed class ProxyLoadTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(50);

    [TestCase("small-64")]
    [TestCase("small-1")]
    [TestCase("answer-100k")]
    [TestCase("bulk-8")]
    public void Every_byte_comes_through_a_proxy_and_is_counted(string name)
    {
        using var load = new LoadGenerator();
        using RunningProxy proxy = StartBaseline(load);
        var scenario = Scenario.Find(name);
        proxy.BeginCounting();

        var burst = new Burst(scenario, proxy.Port, proxy.ProcessId, s_short, ChecksContent: true);
        BurstResult result = load.Run(burst, CancellationToken.None);

        ManagedFigures? managed = proxy.EndCounting();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Bytes, Is.Positive);
            Assert.That(result.Responses, scenario.IsBulk ? Is.Not.Negative : Is.Positive);
            Assert.That(result.Latencies.Count, Is.EqualTo(result.Responses));
            Assert.That(result.ProcessorSeconds, Is.Positive);
            Assert.That(managed!.Bytes, Is.Not.Negative);
            Assert.That(proxy.PeakMemoryBytes, Is.Positive);
        }
    }

    [Test]
    public void Bursts_follow_each_other()
    {
        using var load = new LoadGenerator();
        using RunningProxy proxy = StartBaseline(load);
        foreach (Scenario scenario in Scenario.All.Concat(Scenario.All))
        {
            var burst = new Burst(scenario, proxy.Port, proxy.ProcessId, s_short, ChecksContent: false);
            Assert.That(load.Run(burst, CancellationToken.None).Bytes, Is.Positive, scenario.Name);
        }
    }

    [TestCase(1, "byte 0 of a response is wrong")]
    [TestCase(160, "byte 159 of a response is wrong")]
    public async Task A_wrong_byte_is_found(int number, string message)
    {
        byte[] answer = new LoadPayload(32).At(0, 160).ToArray();
        answer[number - 1] ^= 1;

        Assert.That(await ComplaintAbout(answer), Is.EqualTo(message));
    }

    [Test]
    public async Task A_response_that_is_cut_short_is_found()
    {
        string? complaint = await ComplaintAbout(new LoadPayload(32).At(0, 100).ToArray());

        Assert.That(complaint, Is.EqualTo("a connection ended after 100 of 160 bytes"));
    }

    [Test]
    public void A_proxy_that_is_not_there_is_found()
    {
        using var load = new LoadGenerator();
        var burst = new Burst(Scenario.Find("small-1"), FreePort.Take(), Environment.ProcessId, s_short, ChecksContent: true);

        Assert.That(
            () => load.Run(burst, CancellationToken.None),
            Throws.TypeOf<LoadException>().With.Message.StartsWith("it does not take connections"));
    }

    [Test]
    public void A_proxy_that_ends_at_once_is_named()
        => Assert.That(
            () => RunningProxy.StartOn("false", new ProcessStartInfo("sh", ["-c", "exit 1"]), core: 0, FreePort.Take()),
            Throws.TypeOf<BenchException>().With.Message.StartsWith("false did not start"));

    [Test]
    public void An_interruption_ends_a_burst()
    {
        using var load = new LoadGenerator();
        using RunningProxy proxy = StartBaseline(load);
        var tenMinutes = TimeSpan.FromMinutes(10);
        var burst = new Burst(Scenario.Find("bulk-1"), proxy.Port, proxy.ProcessId, tenMinutes, ChecksContent: false);
        var canceled = new CancellationToken(canceled: true);

        Assert.That(() => load.Run(burst, canceled), Throws.InstanceOf<OperationCanceledException>());
    }

    private static RunningProxy StartBaseline(LoadGenerator load)
    {
        var peer = new BaselinePeer("copytoasync");
        if (peer.MissingBecause is { } reason)
        {
            Assert.Ignore(reason);
        }

        // Any core will do: nothing is compared here, and there may be only one.
        return peer.Start(load.OriginPort, core: 0, folder: "");
    }

    /// <summary>What the load generator says of a server that answers the first request with these bytes, and closes.</summary>
    private static async Task<string?> ComplaintAbout(byte[] answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task server = AnswerAsync(listener, answer);
        using var load = new LoadGenerator();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var burst = new Burst(Scenario.Find("small-1"), port, Environment.ProcessId, s_short, ChecksContent: true);
        string? complaint = null;
        try
        {
            _ = load.Run(burst, CancellationToken.None);
        }
        catch (LoadException failure)
        {
            complaint = failure.Message;
        }

        await server;
        return complaint;
    }

    private static async Task AnswerAsync(TcpListener listener, byte[] answer)
    {
        using Socket socket = await listener.AcceptSocketAsync();
        _ = await socket.ReceiveAsync(new byte[LoadPayload.RequestLength]);
        _ = await socket.SendAsync(answer);
    }
}
