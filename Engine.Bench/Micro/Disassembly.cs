using System.Diagnostics;
using System.Reflection;

namespace Engine.Mbufs.Bench.Micro;

/// <summary>
/// The machine code of measured methods, as the JIT itself writes it: BenchmarkDotNet's disassembler does not know .NET 10.
/// </summary>
internal static class Disassembly
{
    private const string Header = "; Assembly listing for method ";
    private const string FirstTier = "Tier0)";

    /// <summary>Runs the operations in another process, quickly, and returns the code that the methods ended up with.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<string> filters, string methods)
    {
        string file = Path.GetTempFileName();
        try
        {
            string program = Environment.ProcessPath ?? throw new BenchException("The path of this program is not to be had.");
            var start = new ProcessStartInfo(program);

            // Started as "dotnet Engine.Bench.dll", the program is dotnet and its first argument is we.
            if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            {
                start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
            }

            string[] arguments = ["micro", "--quick", .. filters.SelectMany(static filter => new[] { "--filter", filter })];
            Array.ForEach(arguments, start.ArgumentList.Add);
            start.Environment["DOTNET_JitDisasm"] = methods;
            start.Environment["DOTNET_JitStdOutFile"] = file;
            ChildProcess.Output(start);
            return Last(File.ReadLines(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>
    /// The last listing of each method, in the order of the first: the JIT compiles a method again as it gets hotter, and on the
    /// way for the loop that it is in (OSR). What was compiled only once has set up; it
    /// counts if there is nothing else.
    /// </summary>
    public static IReadOnlyList<string> Last(IEnumerable<string> lines)
    {
        var order = new List<string>();
        var listings = new Dictionary<string, List<string>>();
        List<string>? listing = null;
        foreach (string line in lines)
        {
            if (line.StartsWith(Header, StringComparison.Ordinal))
            {
                string method = line[Header.Length..].Split(" (")[0];
                listings[method] = listing = [];
                if (!order.Contains(method))
                {
                    order.Add(method);
                }
            }

            listing?.Add(line);
        }

        List<string> hot = order.FindAll(method => !listings[method][0].EndsWith(FirstTier, StringComparison.Ordinal));
        return [.. (hot.Count > 0 ? hot : order).Select(method => string.Join('\n', listings[method]).TrimEnd())];
    }
}
