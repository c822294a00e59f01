namespace Engine.Mbufs.Bench.Kernels;

/// <summary>A kernel with what it works on, ready to run any number of times.</summary>
internal sealed class OpenKernel : IDisposable
{
    private readonly KernelSetting _setting;
    private readonly Action<KernelSetting, int> _run;

    public OpenKernel(KernelSetting setting, Action<KernelSetting, int> run)
    {
        _setting = setting;
        _run = run;
    }

    /// <summary>Mbufs that it has left behind so far.</summary>
    public int LiveMbufs => _setting.LiveMbufs;

    /// <summary>Does the operation so many times.</summary>
    public void Run(int count) => _run(_setting, count);

    public void Dispose() => _setting.Dispose();
}
