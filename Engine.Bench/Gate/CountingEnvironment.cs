namespace Engine.Mbufs.Bench.Gate;

/// <summary>What instruction counts depend on beside the code: the key of a baseline.</summary>
/// <param name="Runtime">The version of the runtime, with its patch.</param>
/// <param name="InstructionSet">Architecture and vectors that the JIT used; a counting tool may offer it fewer than the machine
/// has.</param>
internal sealed record CountingEnvironment(string Runtime, string InstructionSet)
{
    /// <summary>That of this process.</summary>
    public static CountingEnvironment Current => new(Environment.Version.ToString(3), Machine.UsedInstructions);

    /// <summary>What <see cref="ToString"/> wrote.</summary>
    public static CountingEnvironment Parse(string text) => text.Trim().Split(' ') is [string runtime, string instructionSet]
        && Version.TryParse(runtime, out _)
        ? new CountingEnvironment(runtime, instructionSet)
        : throw new BenchException($"A counted process answered '{text.Trim()}' instead of its runtime and instruction set.");

    public override string ToString() => $"{Runtime} {InstructionSet}";
}
