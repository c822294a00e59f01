using System.CommandLine;

using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Gate;

/// <summary>What the command line of <c>gate</c> asks for.</summary>
internal sealed class GateOptions(ParseResult said)
{
    private const int MostJobs = 64;

    private static readonly OptionSet s_set = new(
        "gate",
        """
        Counts the instructions of each operation under valgrind's callgrind, to the last one, and compares with the committed
        baseline for this version of the runtime and this instruction set.
        """,
        static () => $"""
            examples
              gate --all --json gate.json           every kernel
              gate --update --only share            accept what one kernel takes now
              gate --plant                          see it fail

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
            """,
        lastCounts: true);

    private static readonly Option<IReadOnlyList<Operation>?> s_only = s_set.List(
        "--only", "KERNEL", "only this kernel; may be given several times [default: all]", OperationFamily.FindCounted);

    private static readonly Option<bool> s_all = s_set.Switch("--all", "show every kernel, not only those that changed");

    private static readonly Option<bool> s_update = s_set.Switch(
        "--update", "accept what is counted: write the baseline of this runtime and instruction set into the sources");

    private static readonly Option<bool> s_plant = s_set.Switch(
        "--plant", "count the kernel that has a planted regression, and the one behind it: must end with 3");

    private static readonly Option<int?> s_jobs = s_set.Number(
        "--jobs", "N", "kernels that are counted at a time, each in a process of its own [default: one for each core]", 1, MostJobs);

    private static readonly Option<string?> s_json = s_set.Text("--json", "FILE", "write the counts, too");

    public IReadOnlyList<Operation> Kernels { get; } = Choose(said.GetValue(s_only), said.GetValue(s_plant));

    public bool IsPart { get; } = said.GetValue(s_plant) || said.GetValue(s_only) is not null;

    public bool Update { get; } = said.GetValue(s_update);

    public bool Plant { get; } = said.GetValue(s_plant);

    public bool ShowAll { get; } = said.GetValue(s_all);

    public int Jobs { get; } = said.GetValue(s_jobs) ?? Math.Min(Environment.ProcessorCount, MostJobs);

    public string? JsonPath { get; } = said.GetValue(s_json);

    public bool WantsHelp { get; } = s_set.AsksForHelp(said);

    public static string Help => s_set.Help;

    public static GateOptions Parse(string[] arguments)
    {
        ParseResult said = s_set.Parse(arguments);
        return said.GetValue(s_plant) && (said.GetValue(s_update) || said.GetValue(s_only) is not null)
            ? throw new UsageException("--plant goes with neither --update nor --only: a planted regression is never accepted.")
            : new GateOptions(said);
    }

    private static Operation[] Choose(IReadOnlyList<Operation>? only, bool plants)
    {
        Operation[] all = [.. OperationFamily.Counted];
        int planted = Array.FindIndex(all, static kernel => kernel.Planted is not null);
        return plants ? all[planted..(planted + 2)] : only?.Distinct().ToArray() ?? all;
    }
}
