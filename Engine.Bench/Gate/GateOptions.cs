using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Gate;

/// <summary>What the command line of <c>gate</c> asks for.</summary>
internal sealed class GateOptions
{
    private const int MostJobs = 64;

    public IReadOnlyList<Operation> Kernels { get; private set; } = [];

    public bool IsPart { get; private set; }

    public bool Update { get; private set; }

    public bool Plant { get; private set; }

    public bool ShowAll { get; private set; }

    public int Jobs { get; private set; } = Math.Min(Environment.ProcessorCount, MostJobs);

    public string? JsonPath { get; private set; }

    public bool WantsHelp { get; private set; }

    public static string Help => $"""
        Counts the instructions of each operation under valgrind's callgrind, to the last one, and compares with the committed
        baseline for this version of the runtime and this instruction set.

        usage: gate [--only KERNEL]... [--all] [--jobs N] [--json FILE]
               gate --update [--only KERNEL]...
               gate --plant

          --only KERNEL  only this kernel; may be given several times (default: all)
          --all          show every kernel, not only those that changed
          --update       accept what is counted: write the baseline of this runtime and instruction set into the sources
          --plant        count the kernel that has a planted regression, and the one behind it: must end with 3
          --jobs N       kernels that are counted at a time, each in a process of its own (default: one for each core)
          --json FILE    write the counts, too

        Needs valgrind (apt-get install valgrind) and Linux; build with -c Release.

        exit codes
          0  no kernel takes more than 2 % more instructions than the baseline has
          1  counting failed
          2  wrong usage
          3  a kernel has grown by more than 2 %
          4  there is no baseline for this runtime or instruction set
          5  a kernel is missing: in the baseline and not counted, or the reverse
          6  code was counted that the JIT compiled without optimising it (MinOpts)
          7  there is no valgrind
        Where several apply: 7, 6, 4, 5, 3, in this order.

        kernels
        {string.Join('\n', OperationFamily.Counted.Select(static kernel => $"  {kernel.Name,-22}{kernel.Text}"))}
        """;

    public static GateOptions Parse(string[] arguments)
    {
        var options = new GateOptions();
        var only = new List<Operation>();
        var reader = new ArgumentReader(arguments);
        while (reader.MoveNext())
        {
            switch (reader.Current)
            {
                case "--only":
                    only.Add(OperationFamily.FindCounted(reader.Value()));
                    break;
                case "--all":
                    options.ShowAll = true;
                    break;
                case "--update":
                    options.Update = true;
                    break;
                case "--plant":
                    options.Plant = true;
                    break;
                case "--jobs":
                    options.Jobs = reader.Number(1, MostJobs);
                    break;
                case "--json":
                    options.JsonPath = reader.Value();
                    break;
                case "--help" or "-h":
                    options.WantsHelp = true;
                    break;
                default:
                    throw new UsageException($"gate has no option '{reader.Current}'; see gate --help.");
            }
        }

        options.Choose(only);
        return options;
    }

    private void Choose(List<Operation> only)
    {
        if (Plant && (Update || only.Count > 0))
        {
            throw new UsageException("--plant goes with neither --update nor --only: a planted regression is never accepted.");
        }

        Operation[] all = [.. OperationFamily.Counted];
        int planted = Array.FindIndex(all, static kernel => kernel.Planted is not null);
        IsPart = Plant || only.Count > 0;
        Kernels = Plant ? all[planted..(planted + 2)] : only.Count > 0 ? [.. only.Distinct()] : all;
    }
}
