namespace Engine.Mbufs;

/// <summary>
/// Whether the process was told to use what runs everywhere, even where Linux or a vector unit has something better: for tests
/// of the portable half.
/// </summary>
internal static class Portability
{
    /// <summary>Read once, so that what hangs on it folds away.</summary>
    public static readonly bool IsForced = (AppContext.TryGetSwitch("Engine.Mbufs.ForcePortable", out bool on) && on)
        || Environment.GetEnvironmentVariable("ENGINE_FORCE_PORTABLE") == "1";
}
