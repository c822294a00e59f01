namespace Engine.Mbufs.Bench.Measure;

/// <summary>One library's way to do one work, in this process.</summary>
internal interface ISide : IDisposable
{
    /// <summary>
    /// The repetitions of the work, ready to be run, after its results were found right once; null if the side does not do it.
    /// </summary>
    Repetitions? Prepare();
}
