using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>A proxy in a process of its own.</summary>
[SupportedOSPlatform("linux")]
internal sealed class RunningProxy : IDisposable
{
    private const string Announcement = "listening ";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly Func<RunningProxy, ManagedFigures>? _report;
    private ManagedFigures? _before;
    private readonly List<string> _errors = [];
    private readonly TaskCompletionSource<int> _announced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningProxy(string name, ProcessStartInfo start, int core, Func<RunningProxy, ManagedFigures>? report)
    {
        Name = name;
        _report = report;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        try
        {
            _process = Cores.On(core, () => Process.Start(start)!);
        }
        catch (Win32Exception failure)
        {
            throw new BenchException($"{name} did not start: {failure.Message}.");
        }

        _process.ErrorDataReceived += (_, line) => OnError(line.Data);
        _process.BeginErrorReadLine();
    }

    public string Name { get; }
    public int Port { get; private set; }
    public int ProcessId => _process.Id;

    /// <summary>The most memory that it has held so far.</summary>
    public long PeakMemoryBytes
    {
        get
        {
            const string Field = "VmHWM:";
            string? line = File.ReadLines($"/proc/{ProcessId}/status")
                .FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal));
            string? kilobytes = line?[Field.Length..].Trim().Split(' ')[0];
            return long.TryParse(kilobytes, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number * 1024 : 0;
        }
    }

    /// <summary>Starts one that says where it listens.</summary>
    public static RunningProxy StartAnnouncing(
        string name,
        ProcessStartInfo start,
        int core,
        Func<RunningProxy, ManagedFigures> report)
        => Started(new RunningProxy(name, start, core, report), proxy => proxy._announced.Task.IsCompletedSuccessfully);

    /// <summary>Starts one that was told where to listen.</summary>
    public static RunningProxy StartOn(string name, ProcessStartInfo start, int core, int port)
        => Started(new RunningProxy(name, start, core, report: null) { Port = port }, proxy => proxy.TakesConnections());

    /// <summary>From now on counts what its garbage collector does; not for one that only reports once.</summary>
    public void BeginCounting() => _before = _report!(this);

    /// <summary>
    /// What its garbage collector has done; null if it has none. One that only reports once has ended after this.
    /// </summary>
    public ManagedFigures? EndCounting() => _before is null ? _report?.Invoke(this) : _report!(this) - _before;

    /// <summary>Writes a line to it, and reads one.</summary>
    public string Ask(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        Task<string?> answer = _process.StandardOutput.ReadLineAsync();
        return answer.Wait(s_patience) && answer.Result is { } text ? text : throw Failure("did not answer");
    }

    public string ReadOutputToEnd()
    {
        Task<string> output = _process.StandardOutput.ReadToEndAsync();
        return output.Wait(s_patience) ? output.Result : throw Failure("did not end");
    }

    /// <summary>Asks it to end.</summary>
    public void Terminate() => _ = Signals.Send(ProcessId, Signals.Terminate);

    /// <summary>What went wrong, with the last that it wrote to standard error.</summary>
    public BenchException Failure(string what)
    {
        lock (_errors)
        {
            return new BenchException($"{Name} {what}{(_errors.Count > 0 ? ": " + _errors[^1] : "")}.");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Terminate();
            if (!_process.WaitForExit(TimeSpan.FromSeconds(2)))
            {
                _process.Kill();
                _process.WaitForExit();
            }
        }

        _process.Dispose();
    }

    private static RunningProxy Started(RunningProxy proxy, Predicate<RunningProxy> isReady)
    {
        long begin = Stopwatch.GetTimestamp();
        while (!isReady(proxy))
        {
            if (proxy._process.HasExited || Stopwatch.GetElapsedTime(begin) > s_patience)
            {
                BenchException failure = proxy.Failure("did not start");
                proxy.Dispose();
                throw failure;
            }

            Thread.Sleep(s_pause);
        }

        proxy.Port = proxy.Port == 0 ? proxy._announced.Task.Result : proxy.Port;
        return proxy;
    }

    private bool TakesConnections()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void OnError(string? line)
    {
        if (line?.StartsWith(Announcement, StringComparison.Ordinal) == true)
        {
            _ = _announced.TrySetResult(IPEndPoint.Parse(line[Announcement.Length..]).Port);
        }
        else if (!string.IsNullOrWhiteSpace(line))
        {
            lock (_errors)
            {
                _errors.Add(line.Trim());
            }
        }
    }
}

/// <summary>What the garbage collector of a proxy had to do.</summary>
/// <param name="Collections">Of all generations.</param>
/// <param name="Bytes">Allocated on the managed heap.</param>
internal sealed record ManagedFigures(long Collections, long Bytes)
{
    public static ManagedFigures operator -(ManagedFigures later, ManagedFigures earlier)
        => new(later.Collections - earlier.Collections, later.Bytes - earlier.Bytes);

    /// <summary>Reads the line of JSON that a proxy reports with.</summary>
    public static ManagedFigures Parse(string proxy, string json, string collections, string bytes)
    {
        try
        {
            using JsonDocument report = JsonDocument.Parse(json);
            JsonElement root = report.RootElement;
            return new ManagedFigures(root.GetProperty(collections).GetInt64(), root.GetProperty(bytes).GetInt64());
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new BenchException($"{proxy} did not report what its garbage collector did, but '{json.Trim()}'.");
        }
    }
}

/// <summary>Ports for proxies that cannot choose one by themselves.</summary>
internal static class FreePort
{
    /// <summary>
    /// A port of the loopback interface that nobody listens on. Somebody else may take it before the proxy does, which then says
    /// so and ends: once in tens of thousands, as the system hands them out at random.
    /// </summary>
    public static int Take()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
