namespace Engine.Mbufs.Bench.Storm;

/// <summary>One scenario with one value of what grows: an arena, threads, and what they do.</summary>
internal abstract class StormStep : IDisposable
{
    private Crew? _crew;

    protected StormStep(StepName name, int threads)
    {
        Name = name;
        Threads = threads;
    }

    public StepName Name { get; }

    public int Threads { get; }

    /// <summary>Bytes that will be resident while the step lives, roughly; 0 for little.</summary>
    public virtual long ResidentBytes => 0;

    /// <summary>True if only a part of the time is that of the operations; then their own time tells how many there were a
    /// second.</summary>
    public virtual bool HasUntimedWork => false;

    public IReadOnlyList<Worker> Workers => _crew!.Workers;

    /// <summary>Reserves memory and starts threads: nothing before that costs anything.</summary>
    public void Open()
    {
        Prepare();
        _crew = new Crew(Threads, Work);
    }

    /// <summary>All threads work for a time.</summary>
    /// <returns>Seconds that it took.</returns>
    public double Run(TimeSpan duration)
    {
        BeforeSlice();
        return _crew!.Run(duration);
    }

    /// <summary>
    /// With all threads at rest: looks whether every packet is what it should be, in ways that would cost too much on the way.
    /// </summary>
    /// <returns>How many were not, or did not come.</returns>
    public abstract long CountWrong();

    /// <summary>With all threads at rest and nothing handed over: mbufs that nobody has freed.</summary>
    public abstract int CountLeaked();

    /// <summary>What the arena's own audit finds wrong, a sentence each.</summary>
    public virtual IReadOnlyList<string> Audit() => [];

    public void Dispose()
    {
        _crew?.Dispose();
        Release();
    }

    protected abstract void Prepare();

    /// <summary>Gives back what <see cref="Prepare"/> took; called without it, too.</summary>
    protected abstract void Release();

    /// <summary>What each thread does until its worker says that the slice is over.</summary>
    protected abstract void Work(Worker worker);

    protected virtual void BeforeSlice()
    {
    }
}
