namespace Engine.Mbufs.Wire;

/// <summary>Somebody who sends fragments.</summary>
/// <param name="Prefix">An IPv4 address, or the first half of an IPv6 address.</param>
/// <param name="Kind">The version.</param>
internal readonly record struct SourceKey(ulong Prefix, uint Kind);
