namespace Engine.Mbufs.Bench.Gate;

/// <summary>What the JIT says that it has compiled: counts of code that was not optimised would mean nothing.</summary>
internal static class CompilationSummary
{
    private const string Compiled = "JIT compiled ";
    private const string Optimised = "[FullOpts";
    private const string Measured = "Engine.Mbufs.Bench.Kernels.";

    /// <summary>What is wrong with the code of a counted process: nothing, as a rule.</summary>
    /// <param name="lines">Lines such as "4: JIT compiled Space.Type:Method() [FullOpts, IL size=46, code size=63]".</param>
    public static IReadOnlyList<string> Problems(IEnumerable<string> lines)
    {
        string[] methods = [.. lines
            .Where(static line => line.Contains(Compiled, StringComparison.Ordinal))
            .Select(static line => line[(line.IndexOf(Compiled, StringComparison.Ordinal) + Compiled.Length)..])];
        return methods.Any(static method => method.StartsWith(Measured, StringComparison.Ordinal))
            ? [.. methods.Where(static method => !method.Contains(Optimised, StringComparison.Ordinal))]
            : ["the JIT has not said how it compiled the kernel"];
    }
}
