using System.Net.Sockets;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>
/// Many connections, some at a time, each by a plan of its own. A connection begins with its seed from the client and a byte in
/// answer from the origin; from there on it must do as planned, whatever happens to others.
/// </summary>
internal sealed class TrafficRun(Origin origin, ProxyProcess proxy, CancellationToken patience)
{
    private readonly Lock _lock = new();
    private int _started;

    public required int Seed { get; init; }

    public required int Connections { get; init; }

    public required int AtATime { get; init; }

    public required int MostBytes { get; init; }

    /// <summary>Called after each connection that went as planned, with how many have.</summary>
    public Action<int> OnDone { get; init; } = static _ => { };

    /// <summary>Connections that went as planned.</summary>
    public int Done { get; private set; }

    /// <summary>Connections that were closed before the origin answered.</summary>
    public int TurnedAway { get; private set; }

    /// <summary>What clients sent: as much as the proxy can have passed on.</summary>
    public long SentUp { get; private set; }

    /// <summary>What origins received: as much as the proxy must have passed on.</summary>
    public long ReceivedUp { get; private set; }

    public long SentDown { get; private set; }

    public long ReceivedDown { get; private set; }

    public async Task RunAsync()
    {
        Task serving = origin.ServeAsync(ServeAsync);
        Task visiting = Task.WhenAll(Enumerable.Range(0, AtATime).Select(_ => VisitAllAsync()));
        _ = await Task.WhenAny(serving, visiting);
        _ = visiting.ContinueWith(_ => origin.Stop(), TaskScheduler.Default);
        await Task.WhenAll(serving, visiting);
    }

    /// <summary>Compares what the proxy counted with what its two sides saw.</summary>
    public void Agrees(ProxyFigures figures)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(figures.BytesToBackend, Is.InRange(ReceivedUp, SentUp), $"seed {Seed}");
            Assert.That(figures.BytesToClient, Is.InRange(ReceivedDown, SentDown), $"seed {Seed}");
        }
    }

    private async Task VisitAllAsync()
    {
        for (int i; (i = Interlocked.Increment(ref _started)) <= Connections;)
        {
            int seed = (Seed * 1_000_003) + i;
            var plan = new TrafficPlan(seed, MostBytes);
            using Peer? client = await TryConnectAsync(seed);
            if (client is null)
            {
                CountTurnedAway();
                continue;
            }

            TrafficSide side = plan.Client(client);
            await DoAsync(plan, side);
            OnDone(Count(side.Sent + sizeof(int), side.Received + 1));
        }
    }

    private int Count(long sentUp, long receivedDown)
    {
        lock (_lock)
        {
            SentUp += sentUp;
            ReceivedDown += receivedDown;
            return ++Done;
        }
    }

    private void CountTurnedAway()
    {
        lock (_lock)
        {
            TurnedAway++;
        }
    }

    private async Task ServeAsync(Peer server)
    {
        using (server)
        {
            var plan = new TrafficPlan(BitConverter.ToInt32(await server.ReceiveAsync(sizeof(int))), MostBytes);
            await server.SendAsync(new byte[1]);
            TrafficSide side = plan.Origin(server);
            await DoAsync(plan, side);
            lock (_lock)
            {
                SentDown += side.Sent + 1;
                ReceivedUp += side.Received + sizeof(int);
            }
        }
    }

    private static async Task DoAsync(TrafficPlan plan, TrafficSide side)
    {
        try
        {
            await side.RunAsync();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException($"A connection did not go as planned ({plan}): {e.Message}", e);
        }
    }

    private async Task<Peer?> TryConnectAsync(int seed)
    {
        try
        {
            Peer client = await Peer.ConnectAsync(proxy.Address, patience);
            await client.SendAsync(BitConverter.GetBytes(seed));
            if (await client.TryReceiveByteAsync())
            {
                return client;
            }

            client.Dispose();
        }
        catch (SocketException)
        {
            // Turned away before it could send.
        }

        return null;
    }
}
