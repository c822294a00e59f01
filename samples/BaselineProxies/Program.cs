using System.Net;
using System.Text.Json;

namespace BaselineProxies;

/// <summary>
/// Two TCP proxies as .NET is usually written, to measure the engine's against: <c>copytoasync</c> on sockets and streams,
/// <c>pipelines</c> on Kestrel's connections and System.IO.Pipelines. As short as they can be: no timeouts, one backend.
/// </summary>
/// <remarks>
/// <c>listening HOST:PORT</c> on standard error says that connections are taken. Each line on standard input is answered with a
/// line of JSON: what the garbage collector has done so far. The end of standard input ends the process.
/// </remarks>
internal static class Program
{
    private const int Done = 0;
    private const int WronglyCalled = 2;

    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is not [string kind, "--listen", string listen, "--backend", string backend]
            || kind is not ("copytoasync" or "pipelines")
            || !IPEndPoint.TryParse(listen, out IPEndPoint? front)
            || !IPEndPoint.TryParse(backend, out IPEndPoint? back))
        {
            Console.Error.WriteLine("usage: BaselineProxies copytoasync|pipelines --listen ADDRESS:PORT --backend ADDRESS:PORT");
            return WronglyCalled;
        }

        await using IAsyncDisposable proxy = kind == "copytoasync"
            ? CopyProxy.Start(front, back)
            : await PipelinesProxy.StartAsync(front, back);
        AnswerUntilTheEnd();
        return Done;
    }

    /// <summary>On the main thread, which has nothing else to do.</summary>
    private static void AnswerUntilTheEnd()
    {
        while (Console.In.ReadLine() is not null)
        {
            int collections = 0;
            for (int generation = 0; generation <= GC.MaxGeneration; generation++)
            {
                collections += GC.CollectionCount(generation);
            }

            Console.WriteLine(JsonSerializer.Serialize(new
            {
                gc_collections = collections,
                managed_bytes = GC.GetTotalAllocatedBytes(precise: true),
            }));
        }
    }
}
