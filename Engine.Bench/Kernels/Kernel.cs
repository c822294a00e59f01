namespace Engine.Mbufs.Bench.Kernels;

/// <summary>
/// One operation of the engine, over and over, in a steady state: without managed memory, and with nothing left behind. The
/// verb <c>gate</c> counts its instructions, <c>micro</c> times it.
/// </summary>
internal sealed class Kernel
{
    private readonly Func<KernelSetting> _open;
    private readonly Action<KernelSetting, int> _run;
    private readonly Action<KernelSetting, int>? _planted;

    private Kernel(
        string name,
        string description,
        Func<KernelSetting> open,
        Action<KernelSetting, int> run,
        Action<KernelSetting, int>? planted)
    {
        Name = name;
        Description = description;
        _open = open;
        _run = run;
        _planted = planted;
    }

    /// <summary>What it is called on the command line, in tables and in the baseline.</summary>
    public string Name { get; }

    /// <summary>What is done, and counted as one operation.</summary>
    public string Description { get; }

    /// <summary>True if it can also run with a little more work than it should do.</summary>
    public bool HasPlanted => _planted is not null;

    /// <summary>A kernel of a family.</summary>
    /// <typeparam name="TSetting">What the family's kernels work on.</typeparam>
    /// <param name="name">What it is called.</param>
    /// <param name="description">What one operation is.</param>
    /// <param name="run">Does it a number of times.</param>
    /// <param name="planted">The same with a regression in it, to show that regressions are caught.</param>
    public static Kernel Of<TSetting>(
        string name, string description, Action<TSetting, int> run, Action<TSetting, int>? planted = null)
        where TSetting : KernelSetting, new()
        => new(
            name,
            description,
            static () => new TSetting(),
            (setting, count) => run((TSetting)setting, count),
            planted is null ? null : (setting, count) => planted((TSetting)setting, count));

    /// <summary>Makes what the kernel works on.</summary>
    /// <param name="planted">True to run it with its regression.</param>
    public OpenKernel Open(bool planted = false)
    {
        Action<KernelSetting, int> run = !planted ? _run
            : _planted ?? throw new UsageException($"No regression can be planted into '{Name}'.");
        return new OpenKernel(_open(), run);
    }
}
