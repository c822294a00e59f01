namespace Engine.Mbufs.Bench.Storm;

/// <summary>Where a step stands: steps of one scenario and series differ in one number, along which cost may grow.</summary>
/// <param name="Scenario">What is done.</param>
/// <param name="Series">In which way.</param>
/// <param name="Parameter">What grows.</param>
/// <param name="Value">How large it is here.</param>
internal sealed record StepName(string Scenario, string Series, string Parameter, long Value);
