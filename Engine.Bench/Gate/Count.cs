namespace Engine.Mbufs.Bench.Gate;

/// <summary>The instructions of a kernel.</summary>
/// <param name="Kernel">Its name.</param>
/// <param name="Instructions">Of one operation; a fraction where something is done once in several.</param>
/// <param name="Environment">What the count holds for.</param>
/// <param name="Problems">What speaks against it: code that was not optimised.</param>
internal sealed record Count(
    string Kernel, decimal Instructions, CountingEnvironment Environment, IReadOnlyList<string> Problems);
