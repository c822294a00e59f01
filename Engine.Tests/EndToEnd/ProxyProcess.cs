using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;

using Engine.Samples.Linux;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>A proxy as a process of its own, as it was built beside these tests.</summary>
internal sealed class ProxyProcess : IDisposable
{
    private const string Announcement = "listening ";

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string[]> _errors;
    private readonly TaskCompletionSource<IPEndPoint?> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ProxyProcess(params IEnumerable<string> arguments)
    {
        Arguments = string.Join(' ', arguments);
        _process = Process.Start(new ProcessStartInfo(Host, [Assembly, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

        // Threads of their own: a read of a pipe holds the thread that it is on.
        _output = Task.Factory.StartNew(_process.StandardOutput.ReadToEnd, TaskCreationOptions.LongRunning);
        _errors = Task.Factory.StartNew(ReadErrors, TaskCreationOptions.LongRunning);
    }

    public string Arguments { get; }

    /// <summary>Where it listens, once it does.</summary>
    public IPEndPoint Address => _listening.Task.IsCompletedSuccessfully && _listening.Task.Result is { } address
        ? address
        : throw new InvalidOperationException("The proxy does not listen.");

    /// <summary>Whether a test has seen how it ended.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The program that runs these tests runs the proxy, too.</summary>
    public static string Host => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));

    /// <summary>Built in the same configuration for the same framework, which name the last two folders of the output.</summary>
    public static string Assembly
    {
        get
        {
            string output = TestContext.CurrentContext.TestDirectory;
            string framework = Path.GetFileName(output);
            string configuration = Path.GetFileName(Path.GetDirectoryName(output)!);
            string root = Path.GetFullPath(Path.Combine(output, "../../../.."));
            return Path.Combine(root, "samples", "Proxy", "bin", configuration, framework, "Proxy.dll");
        }
    }

    /// <summary>Waits until it says that the warm-up is over.</summary>
    public async Task ListensAsync(CancellationToken patience)
    {
        if (await _listening.Task.WaitAsync(patience) is null)
        {
            Assert.Fail($"'{Arguments}' ended instead of listening: {string.Join('\n', await _errors)}");
        }
    }

    public void Signal(int signal) => Assert.That(Signals.Send(_process.Id, signal), Is.Zero, "The signal was sent.");

    /// <summary>Waits for it to end by itself.</summary>
    public async Task<ProxyEnd> EndsAsync(CancellationToken patience)
    {
        await _process.WaitForExitAsync(patience);
        HasEnded = true;
        return new ProxyEnd(_process.ExitCode, await _output.WaitAsync(patience), await _errors.WaitAsync(patience));
    }

    public override string ToString() => $"'{Arguments}', process {_process.Id}";

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _ = _process.WaitForExit(TimeSpan.FromSeconds(30));
        }

        _process.Dispose();
    }

    private string[] ReadErrors()
    {
        List<string> lines = [];
        while (_process.StandardError.ReadLine() is { } line)
        {
            lines.Add(line);
            if (line.StartsWith(Announcement, StringComparison.Ordinal))
            {
                _ = _listening.TrySetResult(IPEndPoint.Parse(line[Announcement.Length..]));
            }
        }

        _ = _listening.TrySetResult(null);
        return [.. lines];
    }
}
