namespace Engine.Mbufs;

/// <summary>
/// Whether the process was told to use what runs everywhere, even where Linux or a vector unit has something better: for tests
/// of the portable half.
/// </summary>
/// <remarks>
/// By the environment variable <c>ENGINE_FORCE_PORTABLE=1</c> or <see cref="AppContext"/>'s switch <c>Engine.Mbufs.ForcePortable</c>,
/// before the engine is first used. It costs nothing where it is asked: an arena has read it before anything is compiled that hangs on
/// it. In a program that is trimmed or compiled ahead of time it is the constant false (ILLink.Substitutions.xml), unless the switch
/// is set when that is published.
/// </remarks>
internal static class Portability
{
    /// <summary>Read once, so that what hangs on it folds away.</summary>
    public static bool IsForced { get; } = (AppContext.TryGetSwitch("Engine.Mbufs.ForcePortable", out bool on) && on)
        || Environment.GetEnvironmentVariable("ENGINE_FORCE_PORTABLE") == "1";
}
