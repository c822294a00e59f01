namespace Engine.Mbufs.Bench.Measure;

/// <summary>One library's way to do the works, in this process.</summary>
internal interface ISide : IDisposable
{
    /// <summary>The repetitions of a work, ready to be run; null if the side does not do it.</summary>
    Repetitions? Prepare(string work);
}
