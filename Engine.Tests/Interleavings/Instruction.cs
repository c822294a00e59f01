namespace Engine.Mbufs.Tests.Interleavings;

/// <summary>One step of a thread: at most one access to shared memory.</summary>
/// <param name="Text">As it stands in a schedule.</param>
/// <param name="IsLocal">True if it touches nothing that other threads change: it is executed with the step before it.</param>
/// <param name="Step">Executes it; false if the thread has to wait.</param>
/// <param name="Result">The register that a schedule shows afterwards, and the word by whose values it does.</param>
internal sealed record Instruction(string Text, bool IsLocal, Func<Machine, bool> Step, (Local Local, Word Word)? Result = null);
