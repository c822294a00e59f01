namespace Engine.Mbufs.Tests.Conformance;

/// <summary>Every operation that a trace may name.</summary>
internal static class TraceOperations
{
    private static readonly Dictionary<string, TraceOperation> s_operations = new IEnumerable<KeyValuePair<string, TraceOperation>>[]
    {
        AllocateOperations.All, RoomOperations.All, SourceOperations.All, FreeOperations.All, GrowOperations.All, ShrinkOperations.All,
        ContiguityOperations.All, CopyOperations.All, JoinOperations.All, ApplyOperations.All, LayoutOperations.All,
        InspectOperations.All, HeaderOperations.All, MoveHeaderOperations.All, TagOperations.All, TagListOperations.All,
        ChecksumOperations.All, QueueOperations.All, ControlOperations.All,
    }.SelectMany(static family => family).ToDictionary();

    public static IReadOnlyCollection<string> Names => s_operations.Keys;

    public static TraceOperation Find(string name)
        => s_operations.TryGetValue(name, out TraceOperation? operation)
            ? operation
            : throw new TraceException($"There is no operation called {name}.");
}
